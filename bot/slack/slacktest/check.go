package slacktest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"insightbot/envtest"
)

// schemas are the official ones, by name; none where the reference data is
// missing. They are read once, because compiling them takes a while.
var schemas = sync.OnceValues(func() (map[string]*jsonschema.Schema, error) {
	root := os.Getenv(envtest.SharedVar)
	if root == "" {
		return nil, nil
	}
	all := map[string]*jsonschema.Schema{}
	for _, name := range []string{"blocks", "modal", "home", "events"} {
		schema, err := jsonschema.NewCompiler().Compile(filepath.Join(root, "data", "slack", name+".schema.json"))
		if err != nil {
			return nil, fmt.Errorf("slacktest: schema of %s: %w", name, err)
		}
		all[name] = schema
	}
	return all, nil
})

// CheckEvent checks an inner event against the official schema, where that is
// at hand.
func CheckEvent(event []byte) error {
	n := parse(event)
	if n == nil {
		return errors.New("slacktest: an event that is no JSON")
	}
	if n.string("type") == "message" {
		// They are there, and the schema does not know them.
		delete(n.object, "user_team")
		delete(n.object, "source_team")
	}
	return against("events", n)
}

// against checks a value against one of the schemas. A schema that cannot be
// read is an error, too.
func against(name string, n *node) error {
	all, err := schemas()
	if err != nil || all == nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(n.json()))
	if err != nil {
		return err
	}
	return all[name].Validate(value)
}

// The rules that are not in the schemas.
const (
	messageBlocks = 50
	viewBlocks    = 100
	blocksRunes   = 13_200
	viewBytes     = 250_000
	rowCells      = 20
	tableRunes    = 10_000
)

var fileID = regexp.MustCompile(`^F[A-Z0-9]{8,}$`)

// checkBlocks returns what Slack would say against the blocks of a message, or
// of a preview.
func (s *Server) checkBlocks(blocks *node) error {
	switch {
	case blocks.list == nil:
		return refuse("invalid_blocks_format")
	case blocks.runes() > blocksRunes:
		return refuse("msg_blocks_too_long")
	}
	found := checkList(blocks.list, messageBlocks)
	known := &node{list: []*node{}}
	for _, b := range blocks.list {
		if t := b.string("type"); t != "data_visualization" && t != "layout" { // newer than the schemas
			known.list = append(known.list, b)
		}
	}
	if err := against("blocks", known); err != nil {
		found = append(found, short(err))
	}
	if len(found) > 0 {
		return refuse("invalid_blocks", found...)
	}
	s.review("blocks", blocks)
	return nil
}

// checkView returns what Slack would say against a modal or a home page.
func (s *Server) checkView(v *node, kind string) error {
	if v.string("type") != kind {
		return refuse("invalid_arguments", "must be "+kind+" [json-pointer:/view/type]")
	}
	found := checkList(v.items("blocks"), viewBlocks)
	if len(v.json()) > viewBytes {
		return refuse("view_too_large")
	}
	for _, b := range v.items("blocks") {
		if kind == "modal" && b.string("type") == "input" && v.at("submit") == nil {
			found = append(found, "missing required field: submit [json-pointer:/view/submit]")
			break
		}
	}
	if err := against(kind, v); err != nil {
		found = append(found, short(err))
	}
	if len(found) > 0 {
		return refuse("invalid_arguments", found...)
	}
	s.review(kind, v)
	return nil
}

// review asks the test what it has against something that Slack takes.
func (s *Server) review(kind string, n *node) {
	if s.Review == nil {
		return
	}
	for _, words := range s.Review(kind, n.json()) {
		s.problem(kind + ": " + words)
	}
}

func checkList(blocks []*node, most int) (found []string) {
	if len(blocks) > most {
		found = append(found, fmt.Sprintf("no more than %d items allowed [json-pointer:/blocks]", most))
	}
	ids := map[string]bool{}
	for i, b := range blocks {
		if id := b.string("block_id"); id != "" && ids[id] {
			found = append(found, fmt.Sprintf("block_id %q already exists [json-pointer:/blocks/%d]", id, i))
		} else {
			ids[id] = true
		}
		for _, words := range checkBlock(b) {
			found = append(found, fmt.Sprintf("%s [json-pointer:/blocks/%d]", words, i))
		}
	}
	return found
}

func checkBlock(b *node) (found []string) {
	actions := map[string]bool{}
	b.walk("", func(name string, o *node) {
		switch kind := o.string("type"); {
		case (kind == "plain_text" || kind == "mrkdwn") && o.string("text") == "":
			found = append(found, "must be more than 0 characters: "+name)
		case kind == "image" && (o.string("image_url") == "") == (o.at("slack_file") == nil):
			found = append(found, "must have one of image_url and slack_file")
		case name == "slack_file" && o.string("id") != "" && !fileID.MatchString(o.string("id")):
			found = append(found, "invalid slack file id")
		}
		if id := o.string("action_id"); id != "" && actions[id] {
			found = append(found, fmt.Sprintf("action_id %q already exists", id))
		} else {
			actions[id] = true
		}
	})
	runes := 0
	for _, row := range b.items("rows") {
		if b.string("type") == "table" && len(row.list) > rowCells {
			found = append(found, fmt.Sprintf("no more than %d cells in a row", rowCells))
		}
		runes += row.runes()
	}
	if runes > tableRunes {
		found = append(found, fmt.Sprintf("no more than %d characters in a table", tableRunes))
	}
	return found
}

// short is the first few lines of an error of a schema.
func short(err error) string {
	lines := strings.Split(err.Error(), "\n")
	return strings.Join(lines[:min(len(lines), 12)], "; ")
}
