package handlers

import (
	"time"

	"insightbot/access"
	"insightbot/chat"
)

// TracesJSON is what conversations leave behind of one person, as it is
// exported.
type TracesJSON struct {
	Threads []ThreadJSON  `json:"threads"`
	Answers []PostedJSON  `json:"answers_to_take_back"`
	Waiting []WaitingJSON `json:"waiting"`
	Shown   []ShownJSON   `json:"insights_shown"`
}

// ShownJSON is which version of an insight they were shown last.
type ShownJSON struct {
	At      time.Time `json:"at"`
	Insight string    `json:"insight"`
	Version string    `json:"version"`
}

// ThreadJSON is what was asked last in a thread.
type ThreadJSON struct {
	At      time.Time `json:"at"`
	Channel string    `json:"channel"`
	Thread  string    `json:"thread"`
	Command string    `json:"command"`
	Args    chat.Args `json:"arguments"`
}

// PostedJSON is an answer that its asker may take back.
type PostedJSON struct {
	At      time.Time `json:"at"`
	Ref     string    `json:"ref"`
	Channel string    `json:"channel"`
	Message string    `json:"message"`
}

// WaitingJSON is something they sent that is not worked off yet.
type WaitingJSON struct {
	At   time.Time `json:"at"`
	Sent string    `json:"sent"`
}

// Traces writes what conversations leave behind of one person.
func Traces(kept access.Personal) TracesJSON {
	j := TracesJSON{Threads: []ThreadJSON{}, Answers: []PostedJSON{}, Waiting: []WaitingJSON{}, Shown: []ShownJSON{}}
	for _, t := range kept.Threads {
		j.Threads = append(j.Threads, ThreadJSON{t.At, t.Channel, t.Thread, t.Call.Command, t.Call.Args})
	}
	for _, p := range kept.Posted {
		j.Answers = append(j.Answers, PostedJSON{p.At, p.Ref, p.Channel, p.Message})
	}
	for _, d := range kept.Waiting {
		j.Waiting = append(j.Waiting, WaitingJSON{d.At, string(d.Body)})
	}
	for _, s := range kept.Shown {
		j.Shown = append(j.Shown, ShownJSON{s.At, s.Insight, s.Version})
	}
	return j
}
