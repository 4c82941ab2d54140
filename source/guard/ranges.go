package guard

import (
	"net/netip"
	"slices"
)

// never are addresses that stay closed whatever an operator opens: those that
// hand out the keys of a cloud machine, those that mean no machine or many, and
// those that carry another address inside, which nobody would check.
var never = prefixes(
	"0.0.0.0/8", "169.254.0.0/16", "168.63.129.16/32", "100.100.100.200/32", "192.0.0.192/32", "224.0.0.0/4", "240.0.0.0/4",
	"::/128", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", "192.88.99.0/24",
	"fd00:ec2::254/128", "fe80::/10", "ff00::/8",
)

// private are ranges that are closed until an operator names them, or a part of
// them.
var private = prefixes(
	"10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "192.0.0.0/24", "198.18.0.0/15", "::1/128",
	"fc00::/7",
)

// idle are ranges in which there is nothing to reach: examples of documents,
// and old ways to write what is written otherwise now.
var idle = prefixes(
	"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "100::/64", "2001:db8::/32", "3fff::/20", "fec0::/10", "5f00::/16",
)

// public is where machines of the internet are, by IPv6.
var public = netip.MustParsePrefix("2000::/3")

// prefixes reads ranges of addresses that are written in this file.
func prefixes(list ...string) []netip.Prefix {
	all := make([]netip.Prefix, len(list))
	for i, s := range list {
		all[i] = netip.MustParsePrefix(s)
	}
	return all
}

// in reports whether one of the ranges holds an address.
func in(ranges []netip.Prefix, addr netip.Addr) bool {
	return slices.ContainsFunc(ranges, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// open reports whether an address may be connected to.
func (g *Guard) open(addr netip.Addr) bool {
	addr = addr.Unmap() // “::ffff:127.0.0.1” is 127.0.0.1
	switch {
	case !addr.IsValid() || addr.Zone() != "" || in(never, addr) || in(idle, addr):
		return false
	case in(private, addr):
		return in(g.config.Private, addr)
	}
	return addr.Is4() || public.Contains(addr)
}

// openable reports whether an operator may open a range: one that lies in a
// private one.
func openable(p netip.Prefix) bool {
	return p.IsValid() && !p.Addr().Is4In6() && slices.ContainsFunc(private, func(o netip.Prefix) bool {
		return p.Bits() >= o.Bits() && o.Contains(p.Addr())
	}) && !slices.ContainsFunc(never, func(o netip.Prefix) bool { return p.Bits() >= o.Bits() && o.Contains(p.Addr()) })
}
