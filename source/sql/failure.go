package sqlsource

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"

	"insightbot/insight"
)

// errDeadline is the cause of a context that ended because a run took too
// long.
var errDeadline = errors.New("sqlsource: the time limit of a run")

// failed maps an error of the database to one of package insight, and keeps
// it for the log.
func failed(ctx context.Context, err error, sentinel func(error) error) error {
	if err == nil || known(err) {
		return err
	}
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errDeadline), errors.Is(cause, context.DeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: %w", insight.ErrTimeout, err)
	case cause != nil:
		return fmt.Errorf("%w: %w", cause, err)
	}
	return fmt.Errorf("%w: %w", sentinel(err), hushed(err))
}

// known reports whether an error already is one of package insight.
func known(err error) bool {
	for _, s := range []error{
		insight.ErrUnknown, insight.ErrUnsupported, insight.ErrAttribute, insight.ErrTooLarge, insight.ErrTimeout,
		insight.ErrRefused, insight.ErrUnavailable, insight.ErrBusy, insight.ErrBroken,
		insight.ErrChanged, insight.ErrSmallGroups,
	} {
		if errors.Is(err, s) {
			return true
		}
	}
	return false
}

// hushed takes out of an error what quotes a value of the data: those about
// values alone do. What is wrong with a statement stays, so that it can be mended.
func hushed(err error) error {
	const dataException = "22"
	var pg *pgconn.PgError
	if errors.As(err, &pg) && strings.HasPrefix(pg.Code, dataException) {
		return fmt.Errorf("a value does not fit the statement (SQLSTATE %s)", pg.Code)
	}
	var my *mysql.MySQLError
	if errors.As(err, &my) && slices.Contains(mysqlValueErrors, my.Number) {
		return fmt.Errorf("a value does not fit the statement (error %d)", my.Number)
	}
	return err
}

// mysqlValueErrors are the errors of MySQL and MariaDB that quote a value:
// incorrect, truncated, out of range, or no argument of a function.
var mysqlValueErrors = []uint16{1292, 1366, 1264, 1406, 1411, 1525, 1690, 3140, 4038}
