package receive

import (
	"context"
	"errors"
	"fmt"

	"github.com/slack-go/slack"

	"insightbot/chat"
)

// CheckApp asks for a connection by Socket Mode and does not use it. It fails
// with ErrRefused where the token or the settings of the app do not allow one.
func CheckApp(ctx context.Context, apiURL string, token chat.Secret) error {
	ctx, cancel := context.WithTimeout(ctx, openWithin)
	defer cancel()
	api := slack.New("", slack.OptionAppLevelToken(token.Reveal()), slack.OptionAPIURL(apiURL))
	_, _, err := api.StartSocketModeContext(ctx)
	if e, ok := errors.AsType[slack.SlackErrorResponse](err); ok && refused[e.Err] {
		return fmt.Errorf("%w: %s", ErrRefused, e.Err)
	}
	if err != nil {
		return errors.New("receive: open socket mode: slack could not be reached")
	}
	return nil
}
