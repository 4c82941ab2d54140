package demo

// Person is somebody who works at or with Fernfold, for the playground.
type Person struct {
	// ID is short and never changes: "mia".
	ID, Name, Title string
	// Guest marks somebody who is not a full member of the workspace,
	// External somebody of another company.
	Guest, External bool
	// Zone is an IANA time zone, Locale a language tag.
	Zone, Locale string
}

// Channel is a place where they talk.
type Channel struct {
	// ID is short and never changes; Name is how people call it.
	ID, Name, Purpose string
	// Kind is "public", "private" or "direct".
	Kind string
	// Shared: people of another company can read there. Guests: people who
	// are not full members can.
	Shared, Guests bool
	// Members are ids of persons. A public channel has everybody who is
	// neither a guest nor external, and those named here.
	Members []string
}

// People are those who work at or with Fernfold.
func People() []Person {
	return []Person{
		{ID: "mia", Name: "Mia Chen", Title: "Product manager, growth", Zone: "Europe/Berlin", Locale: "en"},
		{ID: "aiko", Name: "田中 愛子 (Aiko Tanaka)", Title: "Data analyst", Zone: "Asia/Tokyo", Locale: "ja"},
		{ID: "ravi", Name: "Ravi Menon", Title: "Engineer, platform", Zone: "Asia/Kolkata", Locale: "en-IN"},
		{ID: "ben", Name: "Ben Adeyemi", Title: "Head of sales", Zone: "Europe/London", Locale: "en-GB"},
		{ID: "noor", Name: "نور حداد (Noor Haddad)", Title: "Support lead", Zone: "Africa/Cairo", Locale: "ar"},
		{ID: "sofia", Name: "Sofía Marín", Title: "Head of finance", Zone: "Europe/Madrid", Locale: "es"},
		{ID: "tom", Name: "Tom Okafor", Title: "Product manager, activation", Zone: "America/New_York", Locale: "en-US"},
		{ID: "greta", Name: "Greta Winter", Title: "Chief executive", Zone: "Europe/Berlin", Locale: "de"},
		{ID: "luca", Name: "Luca Ferri", Title: "Contractor, advertising agency", Guest: true, Zone: "Europe/Rome", Locale: "it"},
		{ID: "dana", Name: "Dana Petrou", Title: "Partner manager at Orbit", External: true, Zone: "Europe/Athens", Locale: "el"},
	}
}

// Channels are the places where the people of Fernfold talk.
func Channels() []Channel {
	return []Channel{
		{ID: "general", Name: "#general", Purpose: "Everything that concerns everybody", Kind: "public"},
		{ID: "growth", Name: "#growth", Purpose: "Sign-ups, channels, referrals", Kind: "public"},
		{ID: "product", Name: "#product", Purpose: "How the product is used", Kind: "public"},
		{ID: "support", Name: "#support", Purpose: "What customers ask", Kind: "public"},
		{ID: "reliability", Name: "#reliability", Purpose: "Errors, uptime, storage", Kind: "public"},
		{
			ID: "revenue", Name: "#revenue", Purpose: "Money: not for everybody", Kind: "private",
			Members: []string{"sofia", "ben", "greta", "mia"},
		},
		{
			ID: "agency", Name: "#agency", Purpose: "Campaigns, with our advertising agency", Kind: "private", Guests: true,
			Members: []string{"mia", "luca", "greta"},
		},
		{
			ID: "partner-orbit", Name: "#partner-orbit", Purpose: "Shared with our partner Orbit", Kind: "private", Shared: true,
			Members: []string{"ben", "mia", "dana"},
		},
		{ID: "direct", Name: "Direct message", Purpose: "You and the bot", Kind: "direct"},
	}
}
