package sqlsource

import (
	"errors"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"

	"insightbot/insight"
)

// An error about a value quotes it, and errors are logged; one about the
// statement has to say what is wrong with it.
func TestFailed_AValueOfTheDataIsNotInAnError(t *testing.T) {
	for _, c := range []struct {
		err      error
		sentinel func(error) error
		tells    bool
	}{
		{&pgconn.PgError{Code: "22P02", Message: `invalid input syntax for type integer: "bob"`}, postgresSentinel, false},
		{&pgconn.PgError{Code: "42703", Message: `column "bob" does not exist`}, postgresSentinel, true},
		{&mysql.MySQLError{Number: 1292, Message: "Truncated incorrect INTEGER value: 'bob'"}, mysqlSentinel, false},
		{&mysql.MySQLError{Number: 1054, Message: "Unknown column 'bob' in 'field list'"}, mysqlSentinel, true},
	} {
		err := failed(t.Context(), c.err, c.sentinel)
		if !errors.Is(err, insight.ErrBroken) || strings.Contains(err.Error(), "bob") != c.tells {
			t.Errorf("%v becomes %v", c.err, err)
		}
	}
}
