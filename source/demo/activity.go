package demo

import (
	"cmp"
	"slices"
)

// event is one thing a person did in the product.
type event struct {
	id, at, user, account, bytes int64
	name, platform               string
}

// The things people do, in the order of the columns of follows.
const (
	opened = iota
	searched
	previewed
	uploaded
	downloaded
	shared
	commented
	invited
	deleted
	space
	done
)

// deeds are the event names of the above. The table is read-only.
var deeds = []string{
	"app_opened", "file_searched", "file_previewed", "file_uploaded", "file_downloaded", "file_shared",
	"comment_added", "member_invited", "file_deleted", "space_opened",
}

// follows says how often each thing follows another. The table is read-only.
var follows = [][]int{
	opened:     {0, 14, 24, 28, 17, 5, 3, 2, 2, 0, 14},
	searched:   {0, 8, 44, 2, 30, 6, 2, 0, 2, 0, 10},
	previewed:  {0, 8, 22, 4, 24, 9, 14, 0, 3, 0, 28},
	uploaded:   {0, 1, 9, 31, 2, 24, 4, 3, 2, 0, 30},
	downloaded: {0, 6, 14, 5, 18, 3, 5, 0, 2, 0, 48},
	shared:     {0, 3, 8, 11, 4, 12, 8, 6, 1, 0, 50},
	commented:  {0, 3, 22, 5, 8, 8, 14, 1, 1, 0, 42},
	invited:    {0, 2, 6, 14, 2, 14, 2, 18, 0, 0, 45},
	deleted:    {0, 6, 12, 12, 3, 1, 0, 0, 26, 0, 42},
	space:      {0, 5, 26, 18, 14, 12, 14, 4, 1, 6, 22},
}

// events is everything people did on a day, in order of time.
func (w *world) events(day int) []event {
	var all []event
	level := w.weekday(day) * w.season(day)
	if day >= w.story.launch {
		level *= 1.07
	}
	for i, span := range w.spans {
		if int(span.created) > day || int(span.quit) <= day {
			continue
		}
		a := w.accounts[i]
		d := w.dice.about(streamActivity, int64(day), a.id)
		for i := range a.users {
			u := &a.users[i]
			if u.joined <= day && d.chance(w.appetite(a, u, day, level)) {
				all = w.session(all, d, a, u, day)
			}
		}
	}
	slices.SortFunc(all, func(x, y event) int {
		return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.user, y.user), cmp.Compare(x.name, y.name),
			cmp.Compare(x.bytes, y.bytes))
	})
	for i := range all {
		all[i].id = serial(day, i)
	}
	return all
}

// serial numbers the rows of a day.
func serial(day, i int) int64 { return int64(day)*100_000 + int64(i) }

// appetite is how likely a person works on a day.
func (w *world) appetite(a *account, u *user, day int, level float64) float64 {
	owner := u.role == "Owner"
	switch {
	case day == u.joined, owner && (day == a.upload || day == a.share || day == a.invite):
		return 1
	case a.spam:
		return 0
	case day < u.joined+7 && a.upload <= day:
		return max(u.eager, 0.15) * level
	case mix(uint64(u.id)+streamPause, uint64(day+int(u.id%28))/28)%100 < 24:
		return 0 // a few weeks of other work
	}
	return u.eager * level
}

// session is one sitting of a person: what they did, one thing after another.
func (w *world) session(all []event, d dice, a *account, u *user, day int) []event {
	at := w.moment(d, day, a.from.minutes)
	if day == u.joined {
		at = u.createdAt + 20 + int64(d.IntN(60))
	}
	platform := u.platform
	if d.chance(0.15) {
		platform = platforms[d.pick(42, 27, 18, 13)]
	}
	lost := platform == "iOS" && day >= w.story.gapFrom && day < w.story.gapTo
	gloomy := day == w.story.outage && at >= w.story.outageTo && d.chance(0.6)
	plan := w.agenda(a, u, day)
	end := w.start(day + 1)
	for deed := opened; deed != done && at < end; at += 4 + int64(d.wait(50)) {
		e := event{at: at, user: u.id, account: a.id, name: deeds[deed], platform: platform}
		w.detail(&e, d, a, deed)
		if !lost && !gloomy {
			all = append(all, e)
		}
		if len(plan) > 0 {
			deed, plan = plan[0], plan[1:]
			continue
		}
		deed = w.next(d, a, u, deed, day)
	}
	return all
}

// agenda is what the owner does for the first time today.
func (w *world) agenda(a *account, u *user, day int) []int {
	if u.role != "Owner" {
		return nil
	}
	var plan []int
	if day == a.upload {
		plan = append(plan, uploaded)
	}
	if day == a.share {
		plan = append(plan, shared)
	}
	if day == a.invite {
		plan = append(plan, invited)
	}
	return plan
}

// next is what a person does after a deed.
func (w *world) next(d dice, a *account, u *user, deed, day int) int {
	weights := [done + 1]int(follows[deed])
	if w.spaces(a, day) {
		weights[space] += 9
	}
	weights[uploaded] = weights[uploaded] * u.heavy / 100
	weights[downloaded] = weights[downloaded] * 100 / u.heavy
	if day < a.upload {
		weights[uploaded], weights[downloaded], weights[deleted], weights[commented] = 0, 0, 0, 0
	}
	if day < a.share {
		weights[shared] = 0
	}
	if day < a.invite || u.role == "Member" {
		weights[invited] = 0
	}
	return d.pick(weights[:]...)
}

// spaces reports whether an account works with Spaces on a day. A little more
// than half of them ever do, most within weeks of the launch.
func (w *world) spaces(a *account, day int) bool {
	lot := mix(uint64(a.id), 77)
	if lot%100 >= 58 {
		return false
	}
	return day >= w.story.launch+int(lot/100%150)*int(lot/15_000%150)/150
}

// detail fills in what depends on the deed, and lets it fail during the outage.
func (w *world) detail(e *event, d dice, a *account, deed int) {
	switch deed {
	case uploaded, downloaded:
		size := 2.1e6
		if a.industry == "Media" || a.industry == "Design" {
			size *= 4
		}
		if e.platform == "iOS" || e.platform == "Android" {
			size *= 0.6
		}
		e.bytes = int64(d.around(size, 1.35))
		away := e.at >= w.story.outageFrom && e.at < w.story.outageTo
		if d.chance(0.006) || away && d.chance(0.97) {
			e.name, e.bytes = "upload_failed", 0
			if deed == downloaded {
				e.name = "download_failed"
			}
		}
	case space:
		if d.chance(0.14) {
			e.name = "space_created"
		}
	}
}
