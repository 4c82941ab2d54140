package screen

import (
	"github.com/slack-go/slack"
)

// assemble draws the pieces into a number of blocks and characters (bytes
// of JSON where it is no message), those of
// the first rank first, and puts them into their order. What does not fit is
// left out, and said at the end.
func (d *drawer) assemble(left room) ([]slack.Block, error) {
	left.chars -= reserve
	left.blocks--
	drawn := make([][]slack.Block, len(d.pieces))
	out := 0
	for r := range ranks {
		for i, p := range d.pieces {
			if p.rank != r {
				continue
			}
			blocks, err := p.draw(left)
			if err != nil {
				return nil, err
			}
			cost, err := d.size(blocks)
			if err != nil {
				return nil, err
			}
			if len(blocks) == 0 || len(blocks) > left.blocks || cost > left.chars {
				d.cut("%s left out", p.name)
				out++
				continue
			}
			drawn[i], left = blocks, room{left.chars - cost, left.blocks - len(blocks)}
		}
	}
	var all []slack.Block
	for _, blocks := range drawn {
		all = append(all, blocks...)
	}
	if out > 0 {
		all = append(all, small(d.leftOut(out)))
	}
	return all, nil
}

// leftOut says that parts are missing.
func (d *drawer) leftOut(n int) string {
	where := "one message"
	switch d.on {
	case onModal:
		where = "a dialog"
	case onHome:
		where = "this page"
	default:
	}
	return counted(n, "more part does", "more parts do") + " not fit into " + where + "."
}

// prepare turns the whole reply into pieces.
func (d *drawer) prepare() {
	d.parts(d.reply.Parts, false)
	if len(d.links) > 0 {
		d.row(buttonRow{buttons: d.links})
	}
	if !d.options.Retract {
		return
	}
	if n := len(d.pieces); n > 0 && d.pieces[n-1].buttons != nil {
		d.pieces[n-1].buttons.retract = true
		return
	}
	d.row(buttonRow{retract: true})
}
