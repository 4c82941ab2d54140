package main

import (
	"insightbot/chat"
	"insightbot/source/demo"
)

// The playground is peopled by the demo company, whatever the sources are:
// there is always somebody to speak as and a channel of every kind.

// playgroundUsers are the people to speak as.
func playgroundUsers() []chat.User {
	var users []chat.User
	for _, p := range demo.People() {
		users = append(users, chat.User{
			ID: p.ID, Name: p.Name, Title: p.Title, Guest: fact(p.Guest), External: fact(p.External), Zone: p.Zone, Locale: p.Locale,
		})
	}
	return users
}

// playgroundPlaces are the channels to speak in, of a workspace.
func playgroundPlaces(workspace string) []chat.Place {
	var places []chat.Place
	for _, c := range demo.Channels() {
		places = append(places, chat.Place{
			Platform: "web", Workspace: workspace, Channel: c.ID, Name: c.Name, Kind: chat.PlaceKind(c.Kind),
			Audience: chat.Audience{Shared: fact(c.Shared), Guests: fact(c.Guests)},
		})
	}
	return places
}

// purposes are the lines on what the channels are for.
func purposes() map[string]string {
	m := map[string]string{}
	for _, c := range demo.Channels() {
		m[c.ID] = c.Purpose
	}
	return m
}

// fact is a known yes or no.
func fact(yes bool) chat.Fact {
	if yes {
		return chat.Yes
	}
	return chat.No
}
