package match

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"insightbot/insight"
)

// ids ranks a question and returns the ids without their source.
func ids(ix *Index, q string, limit int) []string {
	var list []string
	for _, h := range ix.Rank(reading(q), limit) {
		list = append(list, strings.TrimPrefix(h.Insight.ID, "demo/"))
	}
	return list
}

func TestRank_OutdatedInsightComesBehindItsSuccessor(t *testing.T) {
	ix := NewIndex(catalogue(), Options{Now: testNow})
	for _, q := range []string{"sign-ups", "old sign-ups", "signups definition by country"} {
		list := ids(ix, q, 10)
		successor, old := slices.Index(list, "signups"), slices.Index(list, "signups-old")
		if successor < 0 || old < 0 || successor > old {
			t.Errorf("%q: %v", q, list)
		}
	}
	// Unless its title is typed whole.
	if list := ids(ix, "Sign-ups (old definition)", 3); list[0] != "signups-old" {
		t.Errorf("typed whole: %v", list)
	}
	// It is no reason to ask back.
	if d := Decide(ix.Rank(reading("sign-ups last week"), 5)); d.Outcome != Answer {
		t.Errorf("outcome %s: %s", d.Outcome, d.Reason)
	}
}

func TestRank_PreferencesDecideOnlyBetweenEquals(t *testing.T) {
	plain := saved("a", "Uploads", "Files that arrived.", nil)
	certified := saved("b", "Uploads", "Files that arrived.", nil)
	certified.Certified = insight.Certification{By: "Mia", Until: testNow.Add(time.Hour)}
	popular := saved("c", "Uploads", "Files that arrived.", nil)
	popular.Asked = 300
	better := saved("d", "Uploads that failed", "Files that broke off.", nil)
	ix := NewIndex([]insight.Insight{plain, certified, popular, better}, Options{Now: testNow})
	if got, want := ids(ix, "uploads", 4), []string{"b", "c", "a", "d"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := ids(ix, "failed uploads", 1); got[0] != "d" {
		t.Errorf("a better match loses to a certified one: %v", got)
	}
	// A certification that has ended counts no more.
	later := NewIndex([]insight.Insight{plain, certified, popular}, Options{Now: testNow.Add(2 * time.Hour)})
	if got := ids(later, "uploads", 1); got[0] != "c" {
		t.Errorf("after the certification: %v", got)
	}
	if d := Decide(ix.Rank(reading("uploads"), 4)); d.Outcome != Choose || d.Reason != several {
		t.Errorf("three of the same name: %s, %s", d.Outcome, d.Reason)
	}
}

func TestRank_PartsOfAQuestionDoNotDisturb(t *testing.T) {
	ix := NewIndex(catalogue(), Options{Now: testNow})
	bare := ix.Rank(reading("revenue"), 1)[0]
	for _, q := range []string{
		"revenue last week", "revenue by country last month compared to the month before",
		"weekly revenue in Germany since March", "revenue for the Pro plan as a table", "daily revenue by plan",
	} {
		h := ix.Rank(reading(q), 1)[0]
		if h.Insight.ID != "demo/revenue" || len(h.Conflicts) > 0 {
			t.Errorf("%q finds %q with conflicts %v", q, h.Insight.Title, h.Conflicts)
		}
		if h.Score < bare.Score-.08 {
			t.Errorf("%q: score %.3f, without the parts %.3f", q, h.Score, bare.Score)
		}
	}
	// Yet where a title has them, they count for it.
	if got := ids(ix, "monthly active users by platform", 1); got[0] != "mau" {
		t.Errorf("monthly: %v", got)
	}
	if got := ids(ix, "users by country", 1); got[0] != "countries" {
		t.Errorf("by country: %v", got)
	}
}

func TestRank_Conflicts(t *testing.T) {
	ix := NewIndex(catalogue(), Options{Now: testNow})
	for _, c := range []struct {
		q, top string
		slot   Slot
		says   string
	}{
		{"sign-ups by browser", "signups", SlotBreakdown, "it cannot be split by browser"},
		{"median upload size", "upload-size", SlotAggregate, "an average, not a median"},
		{"average time to upgrade", "upgrades", SlotAggregate, "it is not an average"},
		{"hourly support tickets opened", "tickets", SlotGrain, "it cannot be drawn hourly"},
		{"uploads over 5 GB", "uploads", SlotNumber, "it says nothing about “5 GB”"},
		{"trial to paid refunds", "trial", SlotSubject, "it says nothing about “refunds”"},
		{"error rate in Germany", "errors", SlotFilter, "it cannot be narrowed to “Germany”"},
	} {
		h := ix.Rank(reading(c.q), 1)[0]
		if h.Insight.ID != "demo/"+c.top {
			t.Errorf("%q finds %q", c.q, h.Insight.Title)
			continue
		}
		i := slices.IndexFunc(h.Conflicts, func(x Conflict) bool { return x.Slot == c.slot })
		if i < 0 || h.Conflicts[i].String() != c.says {
			t.Errorf("%q: conflicts %v, want %q", c.q, h.Conflicts, c.says)
		}
		if d := Decide([]Hit{h}); d.Outcome == Answer {
			t.Errorf("%q is answered in spite of it", c.q)
		}
	}
	none := ix.Rank(reading("upload size on average last month"), 1)[0]
	if len(none.Conflicts) > 0 {
		t.Errorf("the same aggregate conflicts: %v", none.Conflicts)
	}
}

func TestConflict_String(t *testing.T) {
	for want, c := range map[string]Conflict{
		"by browser, not by country":      {SlotBreakdown, "country", "browser"},
		"weekly, not monthly":             {SlotGrain, "monthly", "weekly"},
		"a median, not an average":        {SlotAggregate, "an average", "a median"},
		"100 MB, not 5 GB":                {SlotNumber, "5 GB", "100 MB"},
		"it cannot be split by browser":   {SlotBreakdown, "browser", ""},
		"it says nothing about “refunds”": {SlotSubject, "refunds", ""},
	} {
		if got := c.String(); got != want {
			t.Errorf("%+v: %q, want %q", c, got, want)
		}
	}
}

func TestRank_Why(t *testing.T) {
	ix := NewIndex(catalogue(), Options{Now: testNow})
	for q, want := range map[string]string{
		"sginups":             "title says “Sign-ups”",
		"traffic on the site": "example question: website traffic",
		"refunds":             "mentions “refunds”",
	} {
		if got := ix.Rank(reading(q), 1)[0].Why; got != want {
			t.Errorf("%q: %q, want %q", q, got, want)
		}
	}
}

func TestRank_IsDeterministic(t *testing.T) {
	list := catalogue()
	ix := NewIndex(list, Options{Now: testNow})
	for range 5 {
		shuffled := slices.Clone(list)
		rand.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		other := NewIndex(shuffled, Options{Now: testNow})
		for _, c := range answerable {
			if got, want := dump(t, other, c.q), dump(t, ix, c.q); got != want {
				t.Fatalf("%q depends on the order or on chance:\n%s", c.q, cmp.Diff(want, got))
			}
		}
	}
	// Equal ones come by id.
	same := []insight.Insight{saved("b", "Uploads", "", nil), saved("c", "Uploads", "", nil), saved("a", "Uploads", "", nil)}
	if got := ids(NewIndex(same, Options{}), "uploads", 3); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("ties come as %v", got)
	}
}

// dump is all that a ranking and its decision say, as bytes.
func dump(t *testing.T, ix *Index, q string) string {
	t.Helper()
	hits := ix.Rank(reading(q), 10)
	d := Decide(hits)
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	for _, h := range hits {
		if err := encoder.Encode([]any{h.Insight.ID, math.Float64bits(h.Score), math.Float64bits(h.Confidence), h.Why, h.Conflicts, h.Missing, h.Exact}); err != nil {
			t.Fatal(err)
		}
	}
	b.WriteString(string(d.Outcome) + " " + d.Reason)
	return b.String()
}

// TestIndex_KnowsNothingHidden builds an index of what an audience may see out
// of catalogues with different hidden insights: nothing may change by them.
func TestIndex_KnowsNothingHidden(t *testing.T) {
	var seen []insight.Insight
	for i, in := range catalogue() {
		if i%3 != 0 {
			seen = append(seen, in)
		}
	}
	hidden := []insight.Insight{
		saved("secret", "Layoffs planned", "Redundancies by team.", []string{"who gets fired"}),
		saved("secret2", "Acquisition of Examplecorp", "", nil),
	}
	all := append(slices.Clone(catalogue()), hidden...)
	filtered := slices.DeleteFunc(slices.Clone(all), func(in insight.Insight) bool {
		return !slices.ContainsFunc(seen, func(s insight.Insight) bool { return s.ID == in.ID })
	})
	a, b := NewIndex(seen, Options{Now: testNow}), NewIndex(filtered, Options{Now: testNow})
	questions := []string{"layofs planed", "examplecorp", "acquisitoin", "fired"}
	for _, c := range answerable {
		questions = append(questions, c.q)
	}
	for _, q := range questions {
		x, y := dump(t, a, q), dump(t, b, q)
		if x != y {
			t.Errorf("%q differs:\n%s", q, cmp.Diff(x, y))
		}
		if strings.Contains(x, "secret") || strings.Contains(x, "Layoffs") {
			t.Errorf("%q tells of a hidden insight: %s", q, x)
		}
	}
	// The spelling is not put right towards a hidden word, and is towards a
	// visible one.
	if got := a.spell.fix("layofs"); got != "layofs" {
		t.Errorf("layofs becomes %q", got)
	}
	if got := NewIndex(all, Options{}).spell.fix("layofs"); got != "layoffs" {
		t.Errorf("where it may be seen, layofs becomes %q", got)
	}
}

func TestIndex_ConcurrentUse(t *testing.T) {
	ix := NewIndex(catalogue(), Options{Now: testNow})
	want := map[string]string{}
	for _, c := range answerable {
		want[c.q] = dump(t, ix, c.q)
	}
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for _, c := range answerable {
				if got := dump(t, ix, c.q); got != want[c.q] {
					t.Errorf("%q differs", c.q)
				}
			}
		})
	}
	group.Wait()
}

func TestRank_EmptyAndStrange(t *testing.T) {
	if hits := NewIndex(nil, Options{}).Rank(reading("sign-ups"), 5); len(hits) != 0 {
		t.Errorf("an empty index finds %v", hits)
	}
	if d := Decide(nil); d.Outcome != None || d.Reason == "" {
		t.Errorf("no hits: %+v", d)
	}
	ix := NewIndex(catalogue(), Options{Now: testNow})
	for _, q := range []string{"", "   ", "?!", "the of and", "\xff\xfe", strings.Repeat("a", 10_000), "数据 用户"} {
		if d := Decide(ix.Rank(reading(q), 5)); d.Outcome == Answer {
			t.Errorf("%q is answered with %q", q, d.Hits[0].Insight.Title)
		}
	}
	if hits := ix.Rank(reading("sign-ups"), 0); hits != nil {
		t.Errorf("limit 0 gives %v", hits)
	}
	if hits := ix.Rank(Reading{Text: "sign-ups"}, 1); len(hits) != 1 || hits[0].Insight.ID != "demo/signups" {
		t.Errorf("a reading of text alone gives %v", hits)
	}
	one, many := ix.Rank(reading("support tickets"), 1), ix.Rank(reading("support tickets"), 9)
	if one[0].Confidence != many[0].Confidence {
		t.Errorf("confidence depends on the limit: %v and %v", one[0].Confidence, many[0].Confidence)
	}
}

func TestRank_OtherScripts(t *testing.T) {
	ix := NewIndex([]insight.Insight{
		saved("jp", "新規登録数", "", nil), saved("ru", "Новые регистрации", "", nil), saved("en", "Sign-ups", "", nil),
	}, Options{})
	for q, want := range map[string]string{"新規登録数": "jp", "регистрации": "ru", "регистраций": "ru"} {
		if got := ids(ix, q, 1); len(got) == 0 || got[0] != want {
			t.Errorf("%q finds %v", q, got)
		}
	}
}

// TestOptions_Embed checks the seam for an encoder with one that knows that
// two words mean the same.
func TestOptions_Embed(t *testing.T) {
	embed := func(text string) []float32 {
		if strings.Contains(text, "newcomers") || strings.Contains(text, "Arrivals") {
			return []float32{1, 0}
		}
		return []float32{0, 1}
	}
	list := []insight.Insight{saved("a", "Arrivals", "", nil), saved("b", "Departures", "", nil)}
	if hits := NewIndex(list, Options{}).Rank(reading("newcomers"), 1); len(hits) > 0 && hits[0].Score > .3 {
		t.Errorf("words alone find %v", hits)
	}
	if got := ids(NewIndex(list, Options{Embed: embed}), "newcomers", 1); len(got) == 0 || got[0] != "a" {
		t.Errorf("with an encoder: %v", got)
	}
	// An encoder that is not ready changes nothing.
	unready := func(text string) []float32 {
		if text == "Departures" {
			return nil
		}
		return embed(text)
	}
	if got, want := dump(t, NewIndex(list, Options{Embed: unready}), "arrivals"), dump(t, NewIndex(list, Options{}), "arrivals"); got != want {
		t.Errorf("an encoder that is not ready:\n%s", cmp.Diff(want, got))
	}
}

func TestSpeller_Fix(t *testing.T) {
	s := newSpeller(map[string]int{"uploads": 9, "revenue": 5, "signup": 4, "refunds": 1, "funnel": 2, "retention": 3})
	for typed, want := range map[string]string{
		"uplods": "uploads", "revnue": "revenue", "sgined": "signed", "singup": "signup", "retenton": "retention",
		"funel": "funnel", "avrage": "average", "upload": "upload",
		// Words that are right, or too short, or digits, stay.
		"refund": "refund", "finds": "finds", "nps": "nps", "2025": "2025", "revenue": "revenue", "browser": "browser",
		"xyzzyplugh": "xyzzyplugh",
	} {
		if got := s.fix(typed); got != want {
			t.Errorf("%s becomes %s, want %s", typed, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"abc", "abc", 0},
		{"abc", "acb", 1},
		{"abc", "ab", 1},
		{"abc", "abcd", 1},
		{"abc", "abd", 1},
		{"abcd", "badc", 2},
		{"größe", "grösse", 2},
		{"abc", "xyz", 3},
	} {
		if got := distance(c.a, c.b, 2); got != c.want {
			t.Errorf("%s to %s: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestCommon_IsSortedAndFound(t *testing.T) {
	words := strings.Fields(everyday)
	if !slices.IsSorted(words) || len(words) < 20_000 {
		t.Fatalf("%d words, sorted %v", len(words), slices.IsSorted(words))
	}
	for i := 0; i < len(words); i += 97 {
		if !common(words[i]) {
			t.Errorf("%s is not found", words[i])
		}
	}
	for _, w := range []string{words[0], words[len(words)-1]} {
		if !common(w) {
			t.Errorf("%s is not found", w)
		}
	}
	for _, w := range []string{"", "aaaa", "zzzzzz", "uplods"} {
		if common(w) {
			t.Errorf("%q is found", w)
		}
	}
}

func FuzzRank(f *testing.F) {
	for _, c := range answerable[:20] {
		f.Add(c.q)
	}
	f.Add("\xff\u200bsign-ups by by by per 5 5 GB ∞")
	ix := NewIndex(catalogue(), Options{Now: testNow})
	f.Fuzz(func(t *testing.T, q string) {
		for _, r := range []Reading{{Text: q, Rest: q}, reading(q)} {
			hits := ix.Rank(r, 5)
			if len(hits) > 5 {
				t.Errorf("%d hits", len(hits))
			}
			sum := 0.0
			for _, h := range hits {
				if math.IsNaN(h.Score) || h.Score < 0 || h.Score > 1.0001 || math.IsNaN(h.Confidence) || h.Confidence < 0 || h.Confidence > 1 {
					t.Errorf("score %v, confidence %v", h.Score, h.Confidence)
				}
				if h.Why == "" {
					t.Error("no reason")
				}
				sum += h.Confidence
			}
			switch d := Decide(hits); d.Outcome {
			case Answer:
				if len(d.Hits) != 1 || len(d.Hits[0].Conflicts) > 0 {
					t.Errorf("answer of %d hits", len(d.Hits))
				}
			case Choose:
				if len(d.Hits) == 0 || len(d.Hits) > menuSize || d.Reason == "" {
					t.Errorf("choice of %d, reason %q", len(d.Hits), d.Reason)
				}
			case None:
				if len(d.Hits) > topicsSize || d.Reason == "" {
					t.Errorf("none with %d topics, reason %q", len(d.Hits), d.Reason)
				}
			default:
				t.Errorf("outcome %q", d.Outcome)
			}
		}
	})
}
