package api

import "time"

// Every number of Slack's that this package keeps to stands in this file,
// together with the bounds it sets itself.

// The bounds of messages and files. Text is counted in UTF-16 units.
const (
	maxFile     = 64 << 20 // bytes; Slack takes more, a chart or a table never is
	maxAlt      = 1000
	maxFileName = 255
	maxTitle    = 255
	maxPrompts  = 4
	maxPrompt   = 300
)

// The bounds of answers of Slack. What does not fit is an error.
const (
	maxAnswer = 32 << 20 // bytes
	pageSize  = 999      // entries of one page of a list; Slack takes fewer than 1000
	maxPages  = 60       // pages of one list
	// maxLookups is how many members of a channel are looked up one by one
	// when the list of the workspace does not have them.
	maxLookups = 100
)

// How long what is known of people and places is good for, and how much of it
// is kept.
const (
	factsFor = time.Hour
	// refreshAfter is how old the list of people is when it is read again, which
	// takes minutes in a big workspace.
	refreshAfter = 45 * time.Minute
	// groupsFailedFor is how long the groups count as none after they could not
	// be read, so that a workspace whose plan has none is not asked each time.
	groupsFailedFor = 5 * time.Minute
	keptPeople      = 5000
	keptDirect      = 20000
	// keptPlaces counts places and their members together.
	keptPlaces = 500_000
)

// How long things may take.
const (
	callLimit   = 20 * time.Second // one attempt of a call
	uploadLimit = time.Minute      // the bytes of one file
	factsLimit  = 2 * time.Minute  // a look-up that several wait for
	listLimit   = 5 * time.Minute  // the list of all people
	triggerFor  = 3 * time.Second  // Slack's time to open a dialog
)

// How calls are repeated.
const (
	// maxWait is how long one call waits for its turn, all pauses together.
	maxWait = 2 * time.Minute
	// maxLimited is how often a call is repeated that came too often, and
	// maxFailed one that reads and failed on Slack's side.
	maxLimited = 3
	maxFailed  = 2
	// The bounds of a pause that Slack asks for, and the one it means when it
	// does not say.
	minPause     = time.Second
	maxPause     = 5 * time.Minute
	defaultPause = 2 * time.Second
)

// failedPauses are the waits before a read is repeated.
var failedPauses = [maxFailed]time.Duration{500 * time.Millisecond, 2 * time.Second}

// readyPauses are the waits before a file is looked at again, about half a
// minute together.
var readyPauses = []time.Duration{1 * time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, 15 * time.Second}

// The accounting of addresses for replies.
const (
	responseUses = 5
	responseFor  = 30 * time.Minute
	keptReplies  = 10000
)

// One message a second and channel, and a few at once after a rest.
const (
	channelEvery = time.Second
	channelBurst = 3
	// keptChannels is how many channels are remembered before those are
	// dropped that have rested.
	keptChannels = 1000
)

// Slack's tiers, in calls a minute for each method, workspace and app.
const (
	tier2       = 20
	tier3       = 50
	tier4       = 100
	postTier    = 300 // "several hundred" for a whole workspace
	specialTier = 600
)

// burstPart is the part of a minute's calls that may come at once.
const burstPart = 5

// The calls that are no methods of the Web API.
const (
	methodRespond = "response_url"
	methodUpload  = "upload"
)

// method is what is known of a method.
type method struct {
	perMinute int
	// reads says that a call changes nothing, so that it may be repeated.
	reads bool
	// posts is the name of the argument with the channel that a message
	// appears in, or "".
	posts string
}

// methods are those in use.
var methods = map[string]method{
	"auth.test":                             {perMinute: specialTier, reads: true},
	"users.info":                            {perMinute: tier4, reads: true},
	"users.list":                            {perMinute: tier2, reads: true},
	"usergroups.list":                       {perMinute: tier2, reads: true},
	"conversations.info":                    {perMinute: tier3, reads: true},
	"conversations.members":                 {perMinute: tier4, reads: true},
	"conversations.open":                    {perMinute: tier3},
	"files.info":                            {perMinute: tier4, reads: true},
	"files.getUploadURLExternal":            {perMinute: tier4},
	"files.completeUploadExternal":          {perMinute: tier4, posts: "channel_id"},
	"files.delete":                          {perMinute: tier3},
	"chat.postMessage":                      {perMinute: postTier, posts: "channel"},
	"chat.postEphemeral":                    {perMinute: tier4},
	"chat.update":                           {perMinute: tier3},
	"chat.delete":                           {perMinute: tier3},
	"chat.unfurl":                           {perMinute: tier3},
	"reactions.add":                         {perMinute: tier3},
	"reactions.remove":                      {perMinute: tier2},
	"views.open":                            {perMinute: tier4},
	"views.update":                          {perMinute: tier4},
	"views.publish":                         {perMinute: tier4},
	"assistant.threads.setStatus":           {perMinute: specialTier},
	"assistant.threads.setSuggestedPrompts": {perMinute: tier4},
	methodUpload:                            {perMinute: specialTier},
	methodRespond:                           {perMinute: specialTier},
}
