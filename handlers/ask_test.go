package handlers

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/chat"
	"insightbot/insight"
)

func TestAsk_AnAnswerHasItsPartsInOrder(t *testing.T) {
	b := newBench(t)
	r := b.must(t, question("sign-ups last week"))
	var order []string
	for _, p := range r.Parts {
		name := fmt.Sprintf("%T", p)
		if text, ok := p.(chat.Text); ok {
			name += " " + string(text.Style)
		}
		order = append(order, strings.TrimPrefix(name, "chat."))
	}
	want := []string{"Text lead", "Image", "Text note", "Text caution", "Section", "Choices", "Choices", "Choices"}
	if diff := cmp.Diff(want, order); diff != "" {
		t.Error(diff)
	}
	all := words(r)
	for _, want := range []string{
		"100 sign-ups", "16–22 Nov 2026", "compared with 9–15 Nov 2026", "time zone Europe/Berlin", "data as of 25 Nov 2026, 11:00",
		"The app did not count.", "Owner: Growth (#growth)", "Certified: by Mia", "Asked: twice", "Chosen because: ",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("the answer does not say %q:\n%s", want, all)
		}
	}
	if strings.Contains(all, "Long ago") {
		t.Error("a caveat of another period is shown")
	}
	image := find[chat.Image](r.Parts)[0]
	if len(image.Files) != 2 || !strings.Contains(image.Alt, "100 sign-ups") || len(image.Files[chat.Dark].Data) == 0 {
		t.Errorf("the picture has %d themes and the text %q", len(image.Files), image.Alt)
	}
	if r.Ref != "REF1" || r.Outcome != chat.OutcomeAnswer || r.Context.Args[argInsight] != "shop/signups" {
		t.Errorf("ref %q, outcome %q, context %v", r.Ref, r.Outcome, r.Context)
	}
}

func TestAsk_RunsWhatWasAsked(t *testing.T) {
	b := newBench(t)
	b.must(t, question("sign-ups last week by country in the USA vs the week before"))
	if len(b.catalogue.ran) != 1 {
		t.Fatalf("%d runs, want one", len(b.catalogue.ran))
	}
	q := b.catalogue.ran[0]
	zone := q.Window.Zone()
	want := insight.Window{From: time.Date(2026, 11, 16, 0, 0, 0, 0, zone), To: time.Date(2026, 11, 23, 0, 0, 0, 0, zone)}
	if q.Window != want || zone.String() != "Europe/Berlin" || q.Compare != insight.ComparePrevious {
		t.Errorf("window %v, compare %q", q.Window, q.Compare)
	}
	if q.Previous.To != q.Window.From {
		t.Errorf("the window before is %v", q.Previous)
	}
	if len(q.Filters) != 1 || q.Filters[0].Field != "country" || q.Filters[0].Values[0] != "US" {
		t.Errorf("filters %v", q.Filters)
	}
}

func TestAsk_AWishItCannotTakeIsRefusedWithWhatItCan(t *testing.T) {
	b := newBench(t)
	r := b.must(t, call(chat.Call{Command: "ask", Args: chat.Args{argQuestion: "sign-ups by browser", argInsight: "shop/signups", argRead: "yes"}}))
	if r.Outcome != chat.OutcomeRefused || len(b.catalogue.ran) != 0 {
		t.Errorf("outcome %q after %d runs: a number for all is no answer", r.Outcome, len(b.catalogue.ran))
	}
	if !strings.Contains(words(r), "browser") {
		t.Errorf("it does not say what it cannot take: %s", words(r))
	}
	answer := b.must(t, call(button(t, r, "Sign-ups without that").Call))
	if answer.Outcome != chat.OutcomeAnswer {
		t.Errorf("the way out ends in %q", answer.Outcome)
	}
	button(t, r, "By country")
}

func TestAsk_NothingSavedIsSaidHonestly(t *testing.T) {
	b := newBench(t)
	r := b.must(t, question("what is for lunch in the canteen"))
	if r.Outcome != chat.OutcomeNone || !strings.Contains(words(r), "No saved insight answers this.") {
		t.Errorf("outcome %q: %s", r.Outcome, words(r))
	}
	if len(b.log.asks) != 1 || b.log.asks[0].Outcome != chat.OutcomeNone || b.log.asks[0].User != "hash of mia" {
		t.Errorf("the question was logged as %+v", b.log.asks)
	}
}

func TestAsk_GarbageIsAnsweredKindly(t *testing.T) {
	b := newBench(t)
	for _, q := range []string{"", "   ", "???", "\x00\xff\xfe", strings.Repeat("sign-ups ", 2000), "🚀🚀🚀", "'; DROP TABLE x; --", "\u202eevil"} {
		r := b.must(t, question(q))
		if len(find[chat.Text](r.Parts)) == 0 {
			t.Errorf("%.20q: no word of answer", q)
		}
	}
	for _, args := range []chat.Args{
		{argInsight: "shop/nothing"},
		{argInsight: "shop/signups", argPeriod: "@nonsense"},
		{argInsight: "shop/signups", argPeriod: "@2026-01-02T00:00:00Z/2026-01-01T00:00:00Z/range//0"},
		{argInsight: "shop/signups", argPeriod: "@2026-11-16T00:00:00Z/2026-11-23T00:00:00Z/bogus/day/1"},
		{argInsight: "shop/signups", argPeriod: "@2026-11-16T00:00:00Z/2026-11-23T00:00:00Z/calendar/day/9223372036854775807"},
		{argInsight: "shop/signups", argPeriod: "@0001-01-01T00:00:00Z/9999-11-23T00:00:00Z/range//0"},
		{argInsight: "shop/signups", argGrain: "fortnight"},
		{argInsight: "shop/signups", argCompare: "mars"},
		{argInsight: "shop/signups", argChart: "hologram"},
		{argInsight: "shop/signups", argFilter: "country"},
		{argInsight: "shop/signups", argFilter: "country:like:D%"},
	} {
		if r := b.must(t, call(chat.Call{Command: "ask", Args: args})); r.Outcome != chat.OutcomeNone {
			t.Errorf("%v: outcome %q, want none", args, r.Outcome)
		}
	}
	if len(b.catalogue.ran) != 0 {
		t.Errorf("garbage reached the source: %v", b.catalogue.ran)
	}
}

func TestAsk_AFailureIsOneSentenceAndOneLogLine(t *testing.T) {
	b := newBench(t)
	for _, c := range failures() {
		b.catalogue.err = fmt.Errorf("source: run: dial db7.internal as root:hunter2: SELECT * FROM salaries: %w", c.err)
		b.lines.Reset()
		r := b.must(t, question("sign-ups last week"))
		all := words(r)
		if r.Outcome != chat.OutcomeFailed || !strings.Contains(all, c.say.Sentence) || !strings.Contains(all, "REF1") {
			t.Errorf("%v: outcome %q: %s", c.err, r.Outcome, all)
		}
		for _, secret := range []string{"db7", "hunter2", "salaries", "SELECT"} {
			if strings.Contains(all, secret) {
				t.Errorf("%v: the reply tells %q", c.err, secret)
			}
		}
		if strings.Count(b.lines.String(), "hunter2") != 1 {
			t.Errorf("%v: the cause must stand once in the log:\n%s", c.err, b.lines)
		}
		button(t, r, "Try again")
	}
	b.catalogue.err = errors.New("something new")
	if r := b.must(t, question("sign-ups last week")); r.Outcome != chat.OutcomeFailed || strings.Contains(words(r), "something new") {
		t.Errorf("an unknown error: %s", words(r))
	}
}

func TestAsk_ALogThatFailsStopsNoAnswer(t *testing.T) {
	b := newBench(t)
	b.log.err = errors.New("disk full")
	if r := b.must(t, question("sign-ups last week")); r.Outcome != chat.OutcomeAnswer {
		t.Errorf("outcome %q", r.Outcome)
	}
}

func TestAsk_FollowUpsChangeTheLastAnswer(t *testing.T) {
	b := newBench(t)
	first := b.must(t, question("sign-ups last month"))
	follow := question("and by country?")
	follow.Context = first.Context
	r := b.must(t, follow)
	if r.Outcome != chat.OutcomeAnswer || !strings.Contains(words(r), "October 2026") || !strings.Contains(words(r), "it follows your last question") {
		t.Errorf("outcome %q: %s", r.Outcome, words(r))
	}
	if q := b.catalogue.ran[1]; !cmp.Equal(q.Breakdowns, []string{"country"}) {
		t.Errorf("the follow-up ran %v", q.Breakdowns)
	}
	follow = question("and last week as a table")
	follow.Context = r.Context
	r = b.must(t, follow)
	if q := b.catalogue.ran[2]; !cmp.Equal(q.Breakdowns, []string{"country"}) || q.Window.From.Day() != 16 || len(find[chat.Table](r.Parts)) == 0 {
		t.Errorf("the second follow-up ran %v from %v", q.Breakdowns, q.Window.From)
	}
	follow = question("revenue last week")
	follow.Context = r.Context
	if r := b.must(t, follow); r.Context.Args[argInsight] != "shop/revenue" {
		t.Errorf("a new subject was taken for a follow-up: %v", r.Context)
	}
}

func TestAsk_FollowUpsAsPeopleTypeThem(t *testing.T) {
	b := newBench(t)
	first := b.must(t, question("sign-ups last month by week"))
	ran := func(typed string, context chat.Call) (insight.Query, *chat.Reply) {
		t.Helper()
		r := question(typed)
		r.Context = context
		reply := b.must(t, r)
		if reply.Outcome != chat.OutcomeAnswer || reply.Context.Args[argInsight] != "shop/signups" || !strings.Contains(words(reply), "it follows your last question") {
			t.Fatalf("%q: outcome %q: %s", typed, reply.Outcome, words(reply))
		}
		return b.catalogue.ran[len(b.catalogue.ran)-1], reply
	}
	for _, typed := range []string{"and by country?", "by country", "and by country", "split by country please", "And what about by country?"} {
		q, _ := ran(typed, first.Context)
		if !cmp.Equal(q.Breakdowns, []string{"country"}) || q.Window != b.catalogue.ran[0].Window {
			t.Errorf("%q ran %v in %v", typed, q.Breakdowns, q.Window)
		}
	}
	_, byCountry := ran("and by country?", first.Context)
	for _, typed := range []string{"last quarter instead", "Last quarter instead, please", "and last quarter?", "what about last quarter?"} {
		q, reply := ran(typed, byCountry.Context)
		if q.Window.From.Month() != time.July || q.Window.To.Month() != time.October || !cmp.Equal(q.Breakdowns, []string{"country"}) {
			t.Errorf("%q ran %v in %v", typed, q.Breakdowns, q.Window)
		}
		if reply.Context.Args[argBreakdown] != "country" {
			t.Errorf("%q leaves the context %v", typed, reply.Context)
		}
	}
	for _, typed := range []string{"as a table", "as a table please", "show it as a table", "and now as a table?"} {
		q, reply := ran(typed, byCountry.Context)
		if len(find[chat.Table](reply.Parts)) != 1 || len(find[chat.Image](reply.Parts)) != 0 || !cmp.Equal(q.Breakdowns, []string{"country"}) || q.Window != b.catalogue.ran[0].Window {
			t.Errorf("%q ran %v in %v", typed, q.Breakdowns, q.Window)
		}
	}
}

func TestAsk_ButtonsKeepEverythingElse(t *testing.T) {
	b := newBench(t)
	r := b.must(t, question("sign-ups in Germany last month by country"))
	table := b.must(t, call(button(t, r, "Table").Call))
	if diff := cmp.Diff(b.catalogue.ran[0], b.catalogue.ran[1], cmp.Comparer(func(x, y *time.Location) bool { return x.String() == y.String() })); diff != "" {
		t.Errorf("the table shows something else:\n%s", diff)
	}
	if len(find[chat.Table](table.Parts)) != 1 || len(find[chat.Image](table.Parts)) != 0 {
		t.Error("no table, or a picture beside it")
	}
	csv := b.must(t, call(button(t, r, "CSV").Call))
	if f := find[chat.Attachment](csv.Parts); len(f) != 1 || !strings.HasPrefix(f[0].File.Name, "signups-2026-10-01") {
		t.Errorf("the file is %v", f)
	}
	week := b.must(t, call(button(t, r, "Last week").Call))
	if !strings.Contains(words(week), "16–22 Nov 2026") || !button(t, week, "Last week").Current {
		t.Errorf("another period: %s", words(week))
	}
	if q := b.catalogue.ran[3]; len(q.Filters) != 1 || !cmp.Equal(q.Breakdowns, []string{"country"}) {
		t.Errorf("the period button lost the filter or the breakdown: %v", q)
	}
}

func TestFeedback_IsKeptAndOffersOthers(t *testing.T) {
	b := newBench(t)
	r := b.must(t, question("sign-ups last week"))
	f := b.must(t, call(button(t, r, "Not what I meant").Call))
	if diff := cmp.Diff([]string{"REF1 shop/signups not_meant"}, b.log.feedback); diff != "" {
		t.Error(diff)
	}
	for _, c := range find[chat.Choices](f.Parts) {
		for _, i := range c.Items {
			if i.Call.Args[argInsight] == "shop/signups" {
				t.Error("it offers what was not meant")
			}
		}
	}
}

func TestFeedback_TakesOnlyWhatAButtonCarries(t *testing.T) {
	b := newBench(t)
	ids := "shop/signups" + strings.Repeat(",shop/nothing", 5000) + strings.Repeat(",shop/revenue", 5000)
	b.must(t, call(chat.Call{Command: "feedback", Args: chat.Args{argRef: "REF1", argInsight: ids}}))
	if n := len(b.log.feedback); n > rankLimit {
		t.Errorf("%d rows from one press", n)
	}
}

func TestAsk_APressedButtonIsNotCountedAsAQuestion(t *testing.T) {
	b := newBench(t)
	r := b.must(t, question("sign-ups last week"))
	b.must(t, call(button(t, r, "Table").Call))
	if len(b.log.asks) != 2 || b.log.asks[0].Question == "" || b.log.asks[1].Question != "" {
		t.Errorf("logged %+v", b.log.asks)
	}
}

func TestAsk_AFileCanBeAskedForAfterwards(t *testing.T) {
	b := newBench(t)
	first := b.must(t, question("sign-ups last month"))
	follow := question("as csv please")
	follow.Context = first.Context
	if r := b.must(t, follow); len(find[chat.Attachment](r.Parts)) != 1 {
		t.Errorf("no file: %s", words(r))
	}
}

func TestAnswer_AnUnknownCommandIsAnError(t *testing.T) {
	if _, err := newBench(t).Answer(t.Context(), call(chat.Call{Command: "dance"})); !errors.Is(err, ErrCommand) {
		t.Errorf("err = %v", err)
	}
}

func TestAnswer_NewInsightsAreFoundAtOnce(t *testing.T) {
	b := newBench(t)
	in := b.catalogue.ins[1]
	in.ID, in.Title, in.Examples = "shop/kites", "Kites flown", nil
	if r := b.must(t, question("kites flown")); r.Outcome == chat.OutcomeAnswer {
		t.Fatal("it is not there yet")
	}
	b.catalogue.ins, b.catalogue.revision = append(b.catalogue.ins, in), 2
	if r := b.must(t, question("kites flown")); r.Outcome != chat.OutcomeAnswer {
		t.Errorf("outcome %q after the catalogue changed", r.Outcome)
	}
}
