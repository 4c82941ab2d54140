package sqlsource

import (
	"context"
	"errors"
	"fmt"

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
	return fmt.Errorf("%w: %w", sentinel(err), err)
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
