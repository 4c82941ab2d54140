package web

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"insightbot/chat"
)

func TestChoice_RoundTrip(t *testing.T) {
	for _, c := range []chat.Call{
		{Command: "help", Args: chat.Args{}},
		{Command: "ask", Args: chat.Args{"q": "how many? #1 & 2 = 3", "filter": "country:is:DE"}},
		{Command: "ask", Args: chat.Args{"q": "líne\none ☃", "weird=&#?": "x"}},
	} {
		for _, label := range []string{"", "Last 7 days", "100 % #sure & + more"} {
			got, gotLabel, err := decodeChoice(encodeChoice(c, label))
			if err != nil || gotLabel != label {
				t.Errorf("%v, %q: label %q, error %v", c, label, gotLabel, err)
			}
			if diff := cmp.Diff(c, got); diff != "" {
				t.Error(diff)
			}
		}
	}
}

func TestDecodeChoice_Refuses(t *testing.T) {
	for _, text := range []string{"", "?q=1", "Ask", "../ask", "ask me", "ask?%zz", "ask#%zz", "ask?a;b"} {
		if c, _, err := decodeChoice(text); err == nil {
			t.Errorf("%q became %v", text, c)
		}
	}
}

func FuzzDecodeChoice(f *testing.F) {
	f.Add("ask?q=1#Label")
	f.Add("ask?insight=demo%2Fsignups&period=last+7+days")
	f.Fuzz(func(t *testing.T, text string) {
		c, label, err := decodeChoice(text)
		if err != nil {
			return
		}
		again, sameLabel, err := decodeChoice(encodeChoice(c, label))
		if err != nil || sameLabel != label {
			t.Fatalf("%q: %v, label %q then %q", text, err, label, sameLabel)
		}
		if diff := cmp.Diff(c, again); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestAddress(t *testing.T) {
	s := newBench(t).server
	for want, c := range map[string]chat.Call{
		"/insights":                     {Command: "insights"},
		"/insights?q=a+b":               {Command: "insights", Args: chat.Args{"q": "a b"}},
		"/insights/demo/signups":        {Command: "insight", Args: chat.Args{"id": "demo/signups"}},
		"/insights/demo/a%20b%3F?by=x":  {Command: "insight", Args: chat.Args{"id": "demo/a b?", "by": "x"}},
		"/c/insight?id=demo%2F..%2Fx":   {Command: "insight", Args: chat.Args{"id": "demo/../x"}},
		"/c/insight?id=demo%2F%2Fx":     {Command: "insight", Args: chat.Args{"id": "demo//x"}},
		"/c/insight":                    {Command: "insight"},
		"/c/popular?period=last+7+days": {Command: "popular", Args: chat.Args{"period": "last 7 days"}},
	} {
		if got := s.address(c); got != want {
			t.Errorf("%v: %s, want %s", c, got, want)
		}
	}
}

func TestSafeNext(t *testing.T) {
	for next, want := range map[string]string{
		"/insights?q=x#m": "/insights?q=x#m", "": "/", "insights": "/", "//evil.example": "/", `/\evil.example`: "/",
		"https://evil.example/": "/", "javascript:alert(1)": "/", "/a\r\nSet-Cookie: x": "/",
	} {
		if got := safeNext(next); got != want {
			t.Errorf("%q: %q, want %q", next, got, want)
		}
	}
}

func TestSafeURL(t *testing.T) {
	for raw, want := range map[string]string{
		"https://a.example/x?y=1": "https://a.example/x?y=1", "http://a.example": "http://a.example",
		"javascript:alert(1)": "", "JaVaScRiPt:alert(1)": "", "data:text/html,x": "", "//a.example": "", "/x": "",
		"ftp://a.example": "", "https:///x": "", "\x00https://a.example": "",
	} {
		if got := safeURL(raw); got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
}

func TestTyped(t *testing.T) {
	if got, want := typed(" a\x00b\r\nc\x1b[0m\td\xff\u0085 "), "ab\nc[0m\td"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestClean(t *testing.T) {
	if got, want := clean("a\u202eb\u2066c\x00d\r\ne\xff"), "abcd\ne\ufffd"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{"Mia Chen": "MC", "mia": "M", "": "?", "Ana María de la Cruz": "AC", "李 雷": "李雷", "(x) !": "X"} {
		if got := initials(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
