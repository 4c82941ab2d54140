package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"

	"insightbot/bot/slack/manifest"
)

// TestManifest_IsCurrent compares manifest.yml with the table of commands and
// the scopes that are used.
func TestManifest_IsCurrent(t *testing.T) {
	have, err := os.ReadFile("manifest.yml")
	if err != nil {
		t.Fatal(err)
	}
	want, err := manifestText(manifest.Options{Commands: typedCommands()})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(have)); d != "" {
		t.Errorf(`"go generate ." writes it anew (-want +have):`+"\n%s", d)
	}
}

// TestManifestText_IsTheManifest reads the text as Slack does: the remarks in
// it must change nothing.
func TestManifestText_IsTheManifest(t *testing.T) {
	for _, o := range []manifest.Options{
		{Commands: typedCommands()},
		{Commands: typedCommands(), URL: "https://bot.example", Name: "Numbers: #1", UnfurlDomains: []string{"bot.example"}},
	} {
		text, err := manifestText(o)
		if err != nil {
			t.Fatal(err)
		}
		var got manifest.Manifest
		if err := yaml.UnmarshalWithOptions(text, &got, yaml.Strict()); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(manifest.New(o), got); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
	}
}

func TestManifest_OffersNoHiddenCommand(t *testing.T) {
	hint := manifest.New(manifest.Options{Commands: typedCommands()}).Features.SlashCommands[0].UsageHint
	for _, word := range []string{"insights", "access", "privacy"} {
		if !strings.Contains(hint, word) {
			t.Errorf("the hint %q does not name %s", hint, word)
		}
	}
	for _, word := range []string{"claim", "feedback", "audit", "complete"} {
		if strings.Contains(hint, word) {
			t.Errorf("the hint %q names %s", hint, word)
		}
	}
}

// scopeRow is a row of the table of scopes in the guide.
var scopeRow = regexp.MustCompile("(?m)^\\| `([a-z_.]+(?::[a-z.]+)?)` \\| ([^|]*) \\| ([^|]*) \\|$")

// TestSlackGuide_NamesEveryScope holds the table of the guide to the scopes
// that are asked for.
func TestSlackGuide_NamesEveryScope(t *testing.T) {
	guide, err := os.ReadFile("docs/slack.md")
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	for _, row := range scopeRow.FindAllStringSubmatch(string(guide), -1) {
		got = append(got, strings.Join(row[1:], " | "))
	}
	for _, s := range manifest.Scopes() {
		without := s.Without
		if without == "" {
			without = "needed"
		}
		want = append(want, fmt.Sprintf("%s | %s | %s", s.Name, s.Why, without))
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("docs/slack.md (-want +got):\n%s", d)
	}
}
