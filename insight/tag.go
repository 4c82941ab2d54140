package insight

import "context"

// Tag says what a run is for. Sources write it where those who look after a
// database find it: in a comment of the statement, or in the name of the query.
// It holds nothing that a person typed and nobody's name.
type Tag struct {
	// Insight is the id of what runs.
	Insight string
	// Place is a keyed hash of the channel that asked, or "" for a run that
	// nobody waits for. Those who wait take turns by it.
	Place string
	// Ref is the reference of the request, which the answer and the log carry.
	Ref string
}

type tagKey struct{}

// WithTag returns a context whose runs carry the tag.
func WithTag(ctx context.Context, t Tag) context.Context { return context.WithValue(ctx, tagKey{}, t) }

// TagOf returns the tag of a run; the zero Tag where it has none.
func TagOf(ctx context.Context) Tag {
	t, _ := ctx.Value(tagKey{}).(Tag)
	return t
}
