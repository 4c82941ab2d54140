package web

import (
	"context"

	"insightbot/chat"
)

// suggestions are the questions to begin with in an empty conversation. They
// come from a reply like everything else here, so that nobody is offered what
// they may not ask. Without an answer there are none: the page works without.
func (d *desk) suggestions(ctx context.Context, who chat.User, place chat.Place) []string {
	if d.config.Welcome.IsZero() || !d.take() {
		return nil
	}
	defer d.release()
	reply, err := d.call(ctx, &chat.Request{
		Ref: d.newRef(), Call: d.config.Welcome, Place: d.ours(place), User: who, At: d.config.Now(), Themes: themes(),
	})
	if err != nil || reply == nil {
		d.config.Log.WarnContext(ctx, "no suggestions", "error", err)
		return nil
	}
	var questions []string
	for _, p := range reply.Parts {
		choices, ok := p.(chat.Choices)
		if !ok {
			continue
		}
		for _, c := range choices.Items {
			if q := c.Call.Args["q"]; c.Call.Command == d.config.Ask && q != "" {
				questions = append(questions, clean(q))
			}
		}
	}
	return questions
}
