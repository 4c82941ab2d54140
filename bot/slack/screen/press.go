package screen

import (
	"strings"

	"github.com/slack-go/slack"

	"insightbot/chat"
)

// Press is what somebody wants who pressed a button or chose an entry of a
// menu. The zero Press wants nothing: it is a link, or an input of a dialog.
type Press struct {
	Call chat.Call
	// Dialog says that the reply belongs into a dialog.
	Dialog bool
	// Retract says that the message is to be taken back.
	Retract bool
}

// retractID is the action_id of the button that takes a message back.
const retractID = "retract"

// OpensDialog reports whether a button or a menu entry opens a dialog. It looks
// nothing up, so that it can be asked before anything else.
func OpensDialog(a *slack.BlockAction) bool {
	return strings.HasPrefix(a.Value, dialogSign) || strings.HasPrefix(a.SelectedOption.Value, dialogSign)
}

// Pressed reads the value of a button, a select menu or an overflow menu that
// this package drew. The error is ErrStale for one that is too old.
func Pressed(a *slack.BlockAction, kept Kept) (Press, error) {
	if a.ActionID == retractID {
		return Press{Retract: true}, nil
	}
	value := a.Value
	if value == "" {
		value = a.SelectedOption.Value
	}
	if value == "" || isField(a.BlockID) {
		return Press{}, nil
	}
	value, dialog := strings.CutPrefix(value, dialogSign)
	c, err := decode(value, kept)
	if err != nil {
		return Press{}, err
	}
	return Press{Call: c, Dialog: dialog}, nil
}
