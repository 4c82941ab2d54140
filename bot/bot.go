// Package bot runs the platforms and holds what happens to every request on
// its way to the handlers, whatever platform it came from.
package bot

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"insightbot/chat"
)

// Run runs every platform until ctx is done or one of them cannot go on, then
// stops the others and waits for them. It returns the reasons, joined; nil
// when ctx ended it all.
func Run(ctx context.Context, h chat.Handler, platforms ...chat.Platform) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	errs := make([]error, len(platforms))
	var wg sync.WaitGroup
	for i, p := range platforms {
		wg.Go(func() {
			defer stop()
			if err := p.Run(ctx, h); err != nil {
				errs[i] = fmt.Errorf("%s: %w", p.Name(), err)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}
