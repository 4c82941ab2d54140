package blockkit

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"insightbot/envtest"
)

func TestRead_TakesEveryForm(t *testing.T) {
	block := `{"type": "section", "text": {"type": "plain_text", "text": "hello"}}`
	for name, c := range map[string]struct {
		json string
		kind Kind
	}{
		"a list of blocks":    {`[` + block + `]`, Message},
		"a message":           {`{"channel": "C1", "text": "hi", "blocks": [` + block + `]}`, Message},
		"a modal":             {`{"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": [` + block + `]}`, Modal},
		"arguments of views":  {`{"trigger_id": "1", "view": {"type": "modal", "blocks": [` + block + `]}}`, Modal},
		"a home page":         {`{"user_id": "U1", "view": {"type": "home", "blocks": [` + block + `]}}`, Home},
		"an answer of Slack":  {`{"ok": true, "message": {"type": "message", "text": "hi", "blocks": [` + block + `]}}`, Message},
		"with a byte order":   {"\ufeff[" + block + "]", Message},
		"with unknown fields": {`{"blocks": [{"type": "section", "text": "hello", "expand": true, "new": {"a": [1]}}], "thread_ts": 1}`, Message},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := Read([]byte(c.json))
			if err != nil {
				t.Fatal(err)
			}
			if p.Kind != c.kind || len(p.Blocks) != 1 || p.Blocks[0].Text.Text != "hello" {
				t.Errorf("read as %s with %d blocks", p.Kind, len(p.Blocks))
			}
		})
	}
}

func TestRead_SaysWhereTheMistakeIs(t *testing.T) {
	for name, c := range map[string]struct{ json, want string }{
		"nothing":           {"  \n", "there is nothing in it"},
		"not JSON":          {"blocks:\n", "line 1, column 1: invalid character 'b'"},
		"a comma too much":  {"{\n  \"blocks\": [\n    {\"type\": \"divider\"},\n  ]\n}", "line 4, column 3: invalid character ']'"},
		"cut short":         {`{"blocks": [`, "unexpected end of JSON input"},
		"two documents":     {`{"blocks": []} {"blocks": []}`, "invalid character '{' after top-level value"},
		"a wrong kind":      {"{\"blocks\":\n {\"type\": \"divider\"}}", "line 2, column 2: blocks cannot be: object"},
		"a number as text":  {`{"blocks": [{"type": "section", "text": 5}]}`, "a text is neither a string nor a text object: 5"},
		"a list as a style": {`{"blocks": [{"type": "actions", "elements": [{"type": "button", "style": [1]}]}]}`, "a style is neither a name nor flags: [1]"},
		"something else":    {`{"ok": true}`, `it has no "blocks" and no "text"`},
		"a modal of text":   {`{"type": "modal", "text": "x"}`, `it has no "blocks"`},
		"a number":          {`5`, "line 1, column 1: number where a screen is expected"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Read([]byte(c.json))
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "blockkit: ") {
				t.Errorf("got %v, want it to contain %q", err, c.want)
			}
		})
	}
	if _, err := Read(bytes.Repeat([]byte(" "), maxPayload+1)); err == nil {
		t.Error("a screen of any size is read")
	}
}

// TestDraw_DrawsWhateverSlackRecorded draws Slack's own samples, which hold
// every field there is.
func TestDraw_DrawsWhateverSlackRecorded(t *testing.T) {
	root, drawn := envtest.Shared(t, "data", "slack", "samples"), 0
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".json" {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		p, err := Read(b)
		if err != nil {
			return nil //nolint:nilerr // most samples are no screens
		}
		drawn++
		if err := Draw(&bytes.Buffer{}, p, Options{}); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if drawn < 2 {
		t.Errorf("only %d samples are screens", drawn)
	}
}

func TestDraw_EndsSoonWhateverItIsGiven(t *testing.T) {
	deep := strings.Repeat(`{"type":"rich_text","elements":[`, 4000) + strings.Repeat(`]}`, 4000)
	for name, json := range map[string]string{
		"nested":     `[` + deep + `]`,
		"signs":      `{"text": "` + strings.Repeat("*a ", 200_000) + `"}`,
		"brackets":   `{"text": "` + strings.Repeat("<", 1_000_000) + `"}`,
		"backticks":  `{"text": "` + strings.Repeat("`", 999_999) + `"}`,
		"quotes":     `{"text": "` + strings.Repeat("> a\\nb\\n", 100_000) + `"}`,
		"underlines": `{"text": "` + strings.Repeat("_a*a~a", 100_000) + `"}`,
	} {
		t.Run(name, func(t *testing.T) {
			begin := time.Now()
			p, err := Read([]byte(json))
			if err != nil {
				t.Fatal(err)
			}
			if err := Draw(&bytes.Buffer{}, p, Options{}); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(begin); took > time.Minute {
				t.Errorf("took %s", took)
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	for _, name := range screens {
		b, err := os.ReadFile(filepath.Join("testdata", name+".json"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Read(b)
		if err != nil {
			return
		}
		var page bytes.Buffer
		if err := Draw(&page, p, Options{}); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(strings.ToLower(page.String()), "<script") {
			t.Fatal("a script in the page")
		}
	})
}
