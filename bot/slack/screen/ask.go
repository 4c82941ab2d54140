package screen

import (
	"strings"

	"github.com/slack-go/slack"

	"insightbot/chat"
	"insightbot/text"
)

// AskCallback is the callback_id of the dialog that takes a question, and
// AskBlock its block for the question.
const (
	AskCallback = "ask"
	AskBlock    = "ask.question"

	// askInsight is the block of the menu of insights.
	askInsight = "ask.insight"
	// askCommand and the arguments are those of a question.
	askCommand  = "ask"
	argQuestion = "q"
	argRead     = "read"
)

// isAsk reports whether a block is an input of the dialog for a question.
func isAsk(blockID string) bool { return blockID == AskBlock || blockID == askInsight }

// Ask is the dialog that takes a question, or an insight by its title; what is
// typed for a title is completed by Suggest.
func Ask() slack.ModalViewRequest {
	question := &slack.PlainTextInputBlockElement{
		Type: slack.METPlainTextInput, ActionID: kindText, MaxLength: maxInput, FocusOnLoad: true,
		Placeholder: plain("How many people signed up last week?", maxPlaceholder),
	}
	none := 0
	titles := &slack.SelectBlockElement{
		Type: slack.OptTypeExternal, ActionID: kindSelect, Placeholder: plain("Type a part of its name", maxPlaceholder), MinQueryLength: &none,
	}
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: AskCallback, Title: plain("Ask a question", maxModalTitle),
		Submit: plain("Ask", maxModalLabel), Close: plain("Cancel", maxModalLabel),
		Blocks: slack.Blocks{BlockSet: []slack.Block{
			slack.NewInputBlock(AskBlock, plain("Your question", maxLabel), nil, question).WithOptional(true),
			slack.NewInputBlock(askInsight, plain("Or an insight", maxLabel), plain("With a question too, the insight answers it.", maxHint), titles).WithOptional(true),
		}},
	}
}

// Asked reads the dialog that takes a question; false when it was left empty.
func Asked(v slack.View, kept Kept) (chat.Call, bool) {
	var question string
	var c chat.Call
	if v.State != nil {
		question = strings.TrimSpace(v.State.Values[AskBlock][kindText].Value)
		if s := v.State.Values[askInsight][kindSelect].SelectedOption.Value; s != "" {
			// One that cannot be read counts as none.
			c, _ = decode(s, kept)
		}
	}
	switch {
	case c.IsZero() && question == "":
		return chat.Call{}, false
	case c.IsZero():
		return chat.Call{Command: askCommand, Args: chat.Args{argQuestion: question}}, true
	case question != "":
		return c.With(argQuestion, question).With(argRead, "yes"), true
	}
	return c, true
}

// Suggest is the choices of a reply as entries of a menu that is typed into. A
// choice whose call is too long for one is left out.
func Suggest(r *chat.Reply) []*slack.OptionBlockObject {
	options := []*slack.OptionBlockObject{}
	for _, c := range collect[chat.Choices](r.Parts) {
		for _, i := range c.Items {
			value := encode(i.Call)
			if i.Call.IsZero() || text.UTF16(value) > maxOptionValue || len(options) == maxOptions {
				continue
			}
			options = append(options, option(nameOr(i.Label, unnamed), text.Clean(i.Detail), value))
		}
	}
	return options
}
