package match

// abbreviations are words of business as people cut them short in a chat. Only
// what hardly stands for anything else belongs here.
var abbreviations = wordTable(`
revenue: rev revs revenu
account: acct accts acc accs
customer: cust custs cx
subscription: sub subs subscr
conversion: conv convs cvr
retention: ret
business: biz
priority: prio prios
ticket: tix tkt tkts
request: req reqs rqst
registration: reg regs
organisation: org orgs
transaction: txn txns trx
payment: pymt pymts pmt pmts
marketing: mktg mkting
acquisition: acq
message: msg msgs
notification: notif notifs
download: dl dls
management: mgmt
percent: prct perc
performance: perf
response: resp
region: rgn
department: dept depts
session: sess
channel: chan chans
platform: pltfm
language: lang langs
country: ctry
employee: emp emps
manager: mgr mgrs
error: err errs
`)
