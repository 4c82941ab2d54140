package screen

import (
	"encoding/json"
	"fmt"

	"github.com/slack-go/slack"

	"insightbot/chat"
	"insightbot/text"
)

// FormCallback is the callback_id of the dialogs that Modal draws.
const FormCallback = "form"

// Meta is what a dialog knows of where it was opened. It travels with it.
type Meta struct {
	// Call is the call that the dialog answers.
	Call            chat.Call
	Channel, Thread string
	ResponseURL     string
}

// metadata is Meta as it is written down, with the call of the form that the
// dialog holds.
type metadata struct {
	Call     string `json:"c,omitempty"`
	Form     string `json:"f,omitempty"`
	Channel  string `json:"ch,omitempty"`
	Thread   string `json:"th,omitempty"`
	Response string `json:"u,omitempty"`
}

// Modal draws a reply as a dialog. Its first form becomes the inputs of the
// dialog, whole or not at all; Submitted reads them.
func Modal(r *chat.Reply, meta Meta, o Options) (slack.ModalViewRequest, error) {
	d := newDrawer(r, o, onModal)
	title := nameOr(r.Title, "Insightbot")
	if text.UTF16(title) > maxModalTitle && !hasLead(r.Parts) {
		d.fixed(rankFirst, "title", slack.NewHeaderBlock(plain(title, maxHeader)))
	}
	d.prepare()
	blocks, err := d.assemble(room{maxViewBytes, maxViewBlocks})
	if err != nil {
		return slack.ModalViewRequest{}, err
	}
	if len(blocks) == 0 {
		blocks = []slack.Block{paragraph(nothing)}
	}
	v := slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: FormCallback, Title: plain(title, maxModalTitle),
		Blocks: slack.Blocks{BlockSet: blocks}, Close: plain("Close", maxModalLabel),
	}
	if d.form != nil {
		v.Submit, v.Close = plain(nameOr(d.form.Submit, "Send"), maxModalLabel), plain("Cancel", maxModalLabel)
	}
	v.PrivateMetadata, err = d.metadata(meta)
	return v, err
}

// maxMetaCall is how much of the metadata one call may take.
const maxMetaCall = 1_000

// metadata writes down what a dialog knows.
func (d *drawer) metadata(meta Meta) (string, error) {
	m := metadata{Channel: meta.Channel, Thread: meta.Thread, Response: meta.ResponseURL}
	var err error
	if !meta.Call.IsZero() {
		if m.Call, err = d.value(meta.Call, maxMetaCall); err != nil {
			return "", err
		}
	}
	if d.form != nil && !d.form.Call.IsZero() {
		if m.Form, err = d.value(d.form.Call, maxMetaCall); err != nil {
			return "", err
		}
	}
	raw, err := json.Marshal(m)
	if err != nil {
		return "", fmt.Errorf("screen: metadata: %w", err)
	}
	if text.UTF16(string(raw)) > maxMetadata {
		return "", fmt.Errorf("screen: the metadata of a dialog takes %d of %d characters", text.UTF16(string(raw)), maxMetadata)
	}
	return string(raw), nil
}

// Loading is a dialog that waits for what it will show.
func Loading(title string) slack.ModalViewRequest {
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: FormCallback, Title: plain(nameOr(title, "Insightbot"), maxModalTitle), Close: plain("Close", maxModalLabel),
		Blocks: slack.Blocks{BlockSet: []slack.Block{paragraph("One moment …")}},
	}
}
