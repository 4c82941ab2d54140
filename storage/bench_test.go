package storage

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"insightbot/access"
	"insightbot/chat"
)

// large is a policy of a company with n roles, channels and people.
func large(b *testing.B, s *Store, n int) {
	b.Helper()
	id := func(kind string, i int) string { return fmt.Sprintf("%s%05d", kind, i) }
	roles := func(i int) []string { return []string{id("r", i%n), id("r", (i*31+7)%n), id("r", (i*17+3)%n)} }
	key := func(kind string, i int) access.Key {
		return access.Key{Platform: "slack", Workspace: "T1", ID: id(kind, i)}
	}
	change(b, s, func(p *access.Policy) {
		p.Workspaces = []access.Workspace{{Platform: "slack", ID: "T1", Mode: access.ModeStrict}}
		for i := range n {
			p.Roles = append(p.Roles, access.Role{
				ID: id("r", i), Name: "Role", Tags: []string{"growth", "money"}, Sources: []string{"posthog"},
				Insights: []string{"posthog/1", "posthog/2"}, Abilities: []access.Ability{access.AbilityAsk, access.AbilityExport},
				Attributes: map[string][]string{"region": {"eu", "us"}}, MinGroup: 5,
			})
			p.Channels = append(p.Channels, access.Channel{Key: key("C", i), Name: "#channel", Roles: roles(i)})
			p.People = append(p.People, access.Person{Key: key("U", i), Name: "Person", Roles: roles(i + 1)})
			if i%10 == 0 {
				p.Groups = append(p.Groups, access.Group{Key: key("G", i), Name: "Group", Roles: roles(i + 2)})
			}
		}
		p.Domains = []access.Domain{{Name: "fernfold.example", Roles: []string{id("r", 1)}}}
	})
}

// BenchmarkRules loads the rules of somebody, somewhere, who is in five groups,
// out of 10,000 roles, channels and people.
func BenchmarkRules(b *testing.B) {
	const n = 10_000
	s := newStore(b)
	large(b, s, n)
	dice := rand.New(rand.NewPCG(1, 1))
	var took []time.Duration
	for b.Loop() {
		u := chat.User{ID: fmt.Sprintf("U%05d", dice.IntN(n)), Domain: "fernfold.example"}
		for range 5 {
			u.Groups = append(u.Groups, fmt.Sprintf("G%05d", dice.IntN(n/10)*10))
		}
		p := chat.Place{Platform: "slack", Workspace: "T1", Channel: fmt.Sprintf("C%05d", dice.IntN(n))}
		start := time.Now()
		r, err := s.Rules(b.Context(), u, p)
		took = append(took, time.Since(start))
		if err != nil || !r.Mapped || len(r.Held) < 7 || len(r.Roles) < 10 {
			b.Fatalf("%+v, %v", r, err)
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

// BenchmarkChangePolicy maps one channel of 10,000 anew.
func BenchmarkChangePolicy(b *testing.B) {
	const n = 10_000
	s := newStore(b)
	large(b, s, n)
	i := 0
	for b.Loop() {
		i++
		changes := change(b, s, func(p *access.Policy) {
			p.Channels[i%n].Roles = []string{fmt.Sprintf("r%05d", i*7%n)}
		})
		if len(changes) == 0 {
			b.Fatal("nothing changed")
		}
	}
}

func BenchmarkRecordEvent(b *testing.B) {
	s := newStore(b)
	for b.Loop() {
		if err := s.RecordEvent(b.Context(), happened(1)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerifyAudit(b *testing.B) {
	const n = 10_000
	s, _ := logged(b, n)
	for b.Loop() {
		if head := verified(b, s); head.Rows != n {
			b.Fatal(head)
		}
	}
}

// BenchmarkAccept accepts deliveries from 64 goroutines: 500 in a second, as a
// storm of events brings them, and as many as go. Each is measured from when it
// was due. "together" is Accept; "alone" is what it would be with a commit for
// each.
func BenchmarkAccept(b *testing.B) {
	const workers = 64
	alone := func(ctx context.Context, s *Store, d chat.Delivery) error {
		return s.update(ctx, "accept alone", func(tx *sql.Tx) error {
			_, _, err := accept(ctx, tx, d, `["`+d.Keys[0]+`"]`, [][]byte{deliveryKey(d.Platform, d.Workspace, d.Keys[0])})
			return err
		})
	}
	together := func(ctx context.Context, s *Store, d chat.Delivery) error {
		_, _, err := s.Accept(ctx, d)
		return err
	}
	for _, way := range []struct {
		name   string
		accept func(ctx context.Context, s *Store, d chat.Delivery) error
	}{{"together", together}, {"alone", alone}} {
		for _, load := range []struct {
			name  string
			every time.Duration
		}{{"500-a-second", 2 * time.Millisecond}, {"flood", 0}} {
			b.Run(load.name+"/"+way.name, func(b *testing.B) {
				s := newStore(b)
				body := slices.Repeat([]byte("x"), 2000)
				took := make([]time.Duration, b.N)
				var group sync.WaitGroup
				b.ResetTimer()
				start := time.Now()
				for w := range workers {
					group.Go(func() {
						for i := w; i < b.N; i += workers {
							due := time.Now()
							if load.every > 0 {
								due = start.Add(time.Duration(i) * load.every)
								time.Sleep(time.Until(due))
							}
							d := delivery(fmt.Sprint("event:", i))
							d.Body = body
							if err := way.accept(b.Context(), s, d); err != nil {
								b.Error(err)
							}
							took[i] = time.Since(due)
						}
					})
				}
				group.Wait()
				b.StopTimer()
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
				b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
			})
		}
	}
}
