package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"insightbot/access"
	"insightbot/chat"
	"insightbot/storage"
)

// accessRequestCommand lists and decides people's wishes for access.
func (a *app) accessRequestCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "request",
		Short:   "List and decide people's requests for access",
		Example: "  insightbot access request list\n  insightbot access request approve 3 finance\n  insightbot access request deny 3",
		Args:    noCommandArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usage(fmt.Errorf("request takes list, approve or deny; see %q", cmd.CommandPath()+" --help"))
		},
	}
	cmd.AddCommand(a.requestListCommand(), a.requestApproveCommand(), a.requestDenyCommand())
	return cmd
}

// requestJSON is a request as scripts read it.
type requestJSON struct {
	ID      int64               `json:"id"`
	At      time.Time           `json:"at"`
	Person  string              `json:"person"`
	Name    string              `json:"name"`
	Channel string              `json:"channel"`
	State   access.RequestState `json:"state"`
}

func (a *app) requestListCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "list", Short: "List the requests that wait to be decided, oldest first", Args: exactly(0, "no arguments"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withStore(cmd, func(ctx context.Context, w *wiring) error {
				open, err := w.store.Requests(ctx, access.RequestOpen)
				if err != nil {
					return err
				}
				if asJSON {
					list := make([]requestJSON, 0, len(open))
					for _, r := range open {
						list = append(list, requestJSON{r.ID, r.At, keyText(r.Who), r.WhoName, channelOf(r), r.State})
					}
					return printJSON(a, list)
				}
				if len(open) == 0 {
					fmt.Fprintln(a.out, "No request is open.")
					return nil
				}
				grid := [][]string{{"ID", "Since", "Who", "For"}}
				for _, r := range open {
					grid = append(grid, []string{strconv.FormatInt(r.ID, 10), instant(r.At), named(keyText(r.Who), r.WhoName), wish(r)})
				}
				a.printGrid(grid)
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print it as JSON")
	return cmd
}

// channelOf is the channel of a request, "" where it is for the person.
func channelOf(r access.Request) string {
	if r.Direct {
		return ""
	}
	return keyText(r.Channel)
}

// wish is what a request asks for.
func wish(r access.Request) string {
	if r.Direct {
		return "a role of their own"
	}
	return "the channel " + named(keyText(r.Channel), r.ChannelName)
}

// instant writes a time for people: in UTC, to the second.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }

func (a *app) requestApproveCommand() *cobra.Command {
	var outside bool
	cmd := &cobra.Command{
		Use:   "approve ID ROLE",
		Short: "Approve a request: the person, or the channel, gets a role",
		Long: `Approve a request: the person who asked for themselves gets the role, else the channel does. Where guests or people of another
company read the channel, or it is not known who does, only a role marked external counts, and only with --outside.`,
		Args: exactly(2, "the number of a request and the id of a role"),
		RunE: func(cmd *cobra.Command, args []string) error {
			role := args[1]
			return a.decide(cmd, args[0], access.RequestApproved, role, func(p *access.Policy, r access.Request, inside bool) error {
				return grant(p, r, role, inside, outside)
			})
		},
	}
	cmd.Flags().BoolVar(&outside, "outside", false, "approve the channel for a role marked external although others read it")
	return cmd
}

func (a *app) requestDenyCommand() *cobra.Command {
	return &cobra.Command{
		Use: "deny ID", Short: "Deny a request", Args: exactly(1, "the number of a request"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.decide(cmd, args[0], access.RequestDenied, "", nil)
		},
	}
}

// decide says yes or no to a request, and prints what that changed.
func (a *app) decide(cmd *cobra.Command, number string, state access.RequestState, role string,
	change func(p *access.Policy, r access.Request, inside bool) error,
) error {
	id, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return usage(fmt.Errorf("%q is not the number of a request; see insightbot access request list", number))
	}
	return a.withStore(cmd, func(ctx context.Context, w *wiring) error {
		open, err := w.store.Requests(ctx, access.RequestOpen)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(open, func(r access.Request) bool { return r.ID == id })
		if i < 0 {
			return fmt.Errorf("no open request has the number %d; see insightbot access request list", id)
		}
		inside := true
		if !open[i].Direct {
			place, _, err := w.placeOf(ctx, open[i].Channel)
			if err != nil {
				return err
			}
			inside = place.Audience.Shared == chat.No && place.Audience.Guests == chat.No
		}
		var before, after access.Policy
		r, changes, err := w.store.DecideRequest(ctx, id, w.operated(access.ActionDecision, "", ""), state, role, func(p *access.Policy, r access.Request) error {
			before = *p
			if change == nil {
				return nil
			}
			err := change(p, r, inside)
			after = *p
			return err
		})
		switch {
		case errors.Is(err, storage.ErrDecided):
			return fmt.Errorf("somebody decided request %d in the meantime; nothing was changed", id)
		case err != nil:
			return refused(err)
		}
		fmt.Fprintf(a.out, "Request %d is %s.\n", r.ID, r.State)
		if len(changes) == 0 {
			return nil
		}
		return a.printChanges(before, after, changes, applyFlags{})
	})
}

// grant does what an approved request asks for.
func grant(p *access.Policy, r access.Request, id string, inside, outside bool) error {
	role, ok := p.Role(id)
	if !ok {
		return refusal(fmt.Sprintf("there is no role %q", id))
	}
	if r.Direct {
		person := access.Person{Key: r.Who, Name: r.WhoName}
		if i := slices.IndexFunc(p.People, func(o access.Person) bool { return o.Key == r.Who }); i >= 0 {
			person = p.People[i]
		}
		person.Roles = append(slices.Clone(person.Roles), id)
		p.PutPerson(person)
		return nil
	}
	if !inside && (!outside || !role.External) {
		return refusal("guests or people of another company read " + keyText(r.Channel) + ", or it is not known who does: that takes a role marked external, and --outside")
	}
	c := access.Channel{Key: r.Channel, Name: r.ChannelName}
	if i := slices.IndexFunc(p.Channels, func(o access.Channel) bool { return o.Key == r.Channel }); i >= 0 {
		c = p.Channels[i]
	}
	c.Roles = append(slices.Clone(c.Roles), id)
	c.Approved = c.Approved || !inside
	p.PutChannel(c)
	return nil
}
