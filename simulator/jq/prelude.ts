/** Functions of the language that are written in it. */
export const PRELUDE = `
def map(f): [.[] | f];
def map_values(f): .[] |= f;
def select(f): if f then . else empty end;
def values: select(. != null);
def with_entries(f): to_entries | map(f) | from_entries;
def del(f): delpaths([path(f)]);
def todate: strftime("%Y-%m-%dT%H:%M:%SZ");
def fromdateiso8601: strptime("%Y-%m-%dT%H:%M:%SZ") | mktime;
def fromdate: fromdateiso8601;
def any(f): any(.[]; f);
def all(f): all(.[]; f);
def any: any(.);
def all: all(.);
def in(x): . as $key | x | has($key);
def inside(x): . as $inner | x | contains($inner);
def index($wanted): indices($wanted) | .[0];
def rindex($wanted): indices($wanted) | .[-1:][0];
def first: .[0];
def last: .[-1];
def nth($n): .[$n];
def max_by(f): [.[] | [f, .]] | if . == [] then null else (map(.[0]) | max) as $most | [.[] | select(.[0] == $most)][-1][1] end;
def min_by(f): [.[] | [f, .]] | if . == [] then null else (map(.[0]) | min) as $least | [.[] | select(.[0] == $least)][0][1] end;
def sort_by(f): [.[] | [[f], .]] | sorted_pairs;
def group_by(f): [.[] | [[f], .]] | grouped_pairs;
def unique_by(f): group_by(f) | map(.[0]);
def range($n): range(0; $n);
`;
