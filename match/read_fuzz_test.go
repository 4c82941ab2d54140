package match_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"insightbot/match"
)

// FuzzRead reads any text at any moment and checks what always holds.
func FuzzRead(f *testing.F) {
	for _, q := range phrasesForFuzz() {
		f.Add(q, int64(1_795_000_000), "Europe/Berlin")
	}
	f.Add("last month \xff by \xc3 country ’s '", int64(-5), "Pacific/Apia")
	f.Add("İstanbul ǅ ½ ﬁ 30D ١٢ May", int64(4_000_000_000), "Asia/Kathmandu")
	vocab := vocabulary()
	ins := catalogue()
	f.Fuzz(func(t *testing.T, q string, seconds int64, zoneName string) {
		zone, err := time.LoadLocation(zoneName)
		if err != nil {
			zone = nil
		}
		// Years 1900 to 2200 are enough for a clock.
		seconds %= 7_258_118_400
		if seconds < 0 {
			seconds = -seconds % 2_000_000_000
		}
		c := match.Clock{Now: time.Unix(seconds, 0), Zone: zone, WeekStart: time.Weekday(len(q) % 7)}
		r := match.Read(q, vocab, c)
		checkReading(t, q, r)
		for _, in := range ins {
			query, misfits := match.Fit(r, in, c)
			if !query.Window.IsZero() && !query.Window.From.Before(query.Window.To) {
				t.Errorf("Fit(%q): window %v", q, query.Window)
			}
			for _, m := range misfits {
				if m.Why == "" || m.Role == "" {
					t.Errorf("Fit(%q): misfit without a reason: %+v", q, m)
				}
			}
		}
	})
}

// checkReading checks what holds for every reading.
func checkReading(t *testing.T, q string, r match.Reading) {
	t.Helper()
	if !strings.HasPrefix(q, r.Text) {
		t.Errorf("Text %q is no part of %q", r.Text, q)
	}
	end := 0
	for _, s := range r.Spans {
		if s.From < end || s.From >= s.To || s.To > len(r.Text) {
			t.Fatalf("Read(%q): spans %v overlap or lie outside", q, r.Spans)
		}
		end = s.To
		if utf8.ValidString(r.Text) && !utf8.ValidString(r.Text[s.From:s.To]) {
			t.Errorf("Read(%q): span %v cuts a character", q, s)
		}
		if s.Role == "" {
			t.Errorf("Read(%q): span %v has no role", q, s)
		}
	}
	if utf8.ValidString(q) && !utf8.ValidString(r.Rest) {
		t.Errorf("Read(%q): Rest %q is not UTF-8", q, r.Rest)
	}
	periods := r.Others
	if r.Period != nil {
		periods = append(periods, *r.Period)
	}
	if r.Against != nil {
		periods = append(periods, *r.Against)
	}
	for _, p := range periods {
		if !p.Window.From.Before(p.Window.To) || p.Kind == "" {
			t.Errorf("Read(%q): period %+v", q, p)
		}
	}
	if len(r.Rest) > len(r.Text)+len(r.Spans) {
		t.Errorf("Read(%q): Rest %q is longer than the text", q, r.Rest)
	}
}

func phrasesForFuzz() []string {
	return []string{
		"how many people signed up last week by country in Germany vs the week before?",
		"between 4-22 January, 1995", "June of nineteen ninety nine", "the week of the 18th", "3 hours ago", "29 Feb",
		"since 2 weeks ago", "last 5000 decades", "first 3 weeks of the 90s", "before 1600", "end of all time", "1st century",
		"from 4 to January 22, 1995 on a daily basis as a pie chart excluding Acme and Wakanda", "next 99 centuries", "early since March",
		"w/c 31/12/99", "half of the year to date so far", "year over year over week", "last 24h per 3w q5 h3 2016 13",
	}
}
