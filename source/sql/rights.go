package sqlsource

import "context"

// Rights says what is wrong with the rights that the bot has in the database: it
// is kept to reading by its session, and should be by its role as well. It
// returns "" where nothing is, and where the database does not tell.
func (s *Source) Rights(ctx context.Context) (string, error) {
	if s.engine.rights == nil {
		return "", nil
	}
	var says string
	err := s.session(ctx, func(ctx context.Context, q querier) (err error) {
		says, err = s.engine.rights(ctx, q)
		return err
	})
	return says, err
}
