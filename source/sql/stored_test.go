package sqlsource

import (
	"strings"
	"testing"
)

func TestCheck_LooksAtStoredTimes(t *testing.T) {
	path := database(t, "CREATE TABLE m (unix INTEGER, unix_ms INTEGER, datetime TEXT, date TEXT, iso TEXT, year INTEGER, number TEXT, mixed, declared DATETIME)",
		`INSERT INTO m VALUES (1772323200, 1772323200000, '2026-03-01 08:00:00', '2026-03-01', '2026-03-01T08:00:00Z', 2026, '1772323200', 1772323200, '2026-03-01T08:00:00Z'),
		 (1772323201, 1772323201000, '2026-03-01', '2026-03-02', '2026-03-02T08:00:00Z', 2026, '1772323201', '2026-03-01', '2026-03-02T08:00:00Z'), (1772323202, 1772323202000, '2026-03-01 08:30', '2026-03-03', '2026-03-03T08:00:00Z', 2026, '1772323202', 1772323202, '2026-03-03T08:00:00Z'),
		 (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)`)
	good := map[string]string{"unix": "unix", "unix_ms": "unix_ms", "datetime": "datetime", "date": "date datetime", "mixed": "unix"}
	statements := []string{
		"SELECT {{bucket}}, count(*) AS value FROM m WHERE {{window}} GROUP BY {{group}}",
		"WITH w AS (SELECT {{bucket}}, unix FROM m WHERE {{window}}) SELECT bucket, count(*) AS value FROM w GROUP BY bucket",
		"SELECT {{bucket}}, count(*) AS value FROM m WHERE unix >= {{from}} - 99999999 AND unix < {{to}} AND {{filters}} GROUP BY {{group}}",
	}
	for column := range strings.FieldsSeq("unix unix_ms datetime date iso year number mixed declared") {
		for kind := range strings.FieldsSeq("unix unix_ms datetime date") {
			for i, statement := range statements[:2] {
				s := open(t, path, item("line", "time: {column: "+column+", type: "+kind+", grains: [day]}\nattributes: {region: date}",
					strings.Replace(statement, "{{window}}", "{{window}} AND {{filters}}", 1)))
				findings, err := s.Check(t.Context(), nil)
				if err != nil || len(findings) != 1 {
					t.Fatal(findings, err)
				}
				f := findings[0]
				if want := strings.Contains(" "+good[column]+" ", " "+kind+" "); want != (f.Verdict != VerdictBroken) {
					t.Errorf("%s as %s, statement %d: %s, %v", column, kind, i, f.Verdict, f.Err)
				}
				if f.Verdict == VerdictBroken && !strings.Contains(f.Err.Error(), "time.type is "+kind) {
					t.Errorf("%s as %s: %v", column, kind, f.Err)
				}
			}
		}
	}
	s := open(t, path, item("line", "time: {column: unix, type: unix, grains: [day]}\nattributes: {region: date}", statements[2]))
	if findings, err := s.Check(t.Context(), nil); err != nil || findings[0].Verdict == VerdictBroken {
		t.Errorf("a statement with bounds alone: %v, %v", findings, err)
	}
}
