package handlers

import (
	"context"
	"errors"

	"insightbot/chat"
	"insightbot/insight"
)

// Failure is what a person is told when something did not work: one sentence,
// and what to do next. The cause goes to the log.
type Failure struct {
	Sentence, Next string
}

// failures maps the errors a source can give to words. The order counts: the
// first that matches is used.
func failures() []struct {
	err error
	say Failure
} {
	return []struct {
		err error
		say Failure
	}{
		{insight.ErrTimeout, Failure{"This took longer than the data source allows.", "Try a shorter period."}},
		{context.DeadlineExceeded, Failure{"This took too long to answer.", "Try a shorter period."}},
		{insight.ErrTooLarge, Failure{"The answer is too large to show.", "Try a shorter period or a coarser breakdown."}},
		{insight.ErrUnavailable, Failure{"The data source cannot be reached right now.", "Try again in a few minutes."}},
		{insight.ErrBusy, Failure{"The data source is busy right now.", "Try again in a minute."}},
		{insight.ErrAttribute, Failure{"This insight needs to know which part of the data you may see.", "Ask an admin to set it for your role."}},
		{insight.ErrSmallGroups, Failure{"Small groups of people are hidden from you here, and nobody can tell how large the groups of this answer are.", "Ask for the total, without a breakdown or filter."}},
		{insight.ErrChanged, Failure{"This insight was changed a moment ago.", "Ask once more."}},
		{insight.ErrUnsupported, Failure{"This insight cannot be run that way.", "Try it without a breakdown or filter."}},
		{insight.ErrUnknown, Failure{"This insight is not there any more.", "Search the catalogue for a newer one."}},
		{insight.ErrRefused, Failure{"This insight tried to do more than read, so it was stopped.", "Tell its owner."}},
		{insight.ErrBroken, Failure{"This insight is broken in its source.", "Tell its owner."}},
	}
}

// failureFor gives the words for an error of a run.
func failureFor(err error) Failure {
	for _, f := range failures() {
		if errors.Is(err, f.err) {
			return f.say
		}
	}
	return Failure{"Something went wrong while answering.", "Try again; if it stays, give an admin the reference."}
}

// part is the failure as a part of a reply.
func (f Failure) part() chat.Part {
	return chat.Text{Style: chat.Failure, Text: f.Sentence + " " + f.Next}
}
