//! A page by cursor (RFC 9865). It goes on from a place, so that it costs the same wherever it is, and whoever is in the list
//! all the time is shown once, whatever others write meanwhile.

use serde_json::Value;
use usher_scim::{SortBy, SortKey};
use usher_storage::{Order, Place, Walk};

use super::best::Best;
use super::cursor::{Mark, Spot, unknown};
use super::scan::{Scan, Step, Turn};
use super::{Source, answered, answered_ids, matches, place};
use crate::Error;

/// What a cursor leads to.
#[derive(Default)]
pub(crate) struct Reached {
    pub(crate) resources: Vec<Value>,
    /// How many the list has, where that was asked and is known.
    pub(crate) total: Option<u64>,
    pub(crate) previous: Option<Spot>,
    pub(crate) next: Option<Spot>,
}

/// Places at the two ends of what was found, in the order of the list, and how the walk ended.
struct Ends {
    first: Option<Mark>,
    last: Option<Mark>,
    /// Where to go on in the direction of the walk, if there is more.
    more: Option<Mark>,
}

impl Ends {
    /// The ways on from a page that was reached from `spot`.
    fn spots(self, spot: &Spot) -> (Option<Spot>, Option<Spot>) {
        let ahead = self.more.map(|mark| Spot { backward: spot.backward, from: Some(mark) });
        // The way back leads to what the walk came from: beside the page, or, when the page is empty, beside its beginning.
        let end = if spot.backward { self.last } else { self.first };
        let turned = spot.from.clone().map(|mark| Mark { inclusive: !mark.inclusive, ..mark });
        let came_from = spot.from.is_some() || spot.backward;
        let back = came_from.then(|| end.or(turned)).flatten();
        let back = back.map(|mark| Spot { backward: !spot.backward, from: Some(mark) });
        if spot.backward { (ahead, back) } else { (back, ahead) }
    }
}

/// The page that lies at a spot.
pub(crate) async fn page<S: Source>(source: &S, spot: &Spot, turn: Turn) -> Result<Reached, Error> {
    let wanted = source.wanted();
    match (wanted.order(S::NAME), &wanted.sort) {
        (None, Some(sort)) => sorted(source, sort, spot, turn).await,
        (order, _) => walked(source, order.unwrap_or(Order::Id), spot, turn).await,
    }
}

/// Whether the list has anything at all.
pub(crate) async fn any<S: Source>(source: &S, turn: Turn) -> Result<bool, Error> {
    let order = source.wanted().order(S::NAME).unwrap_or(Order::Id);
    Ok(!walk(source, order, &Spot::default(), 1, turn).await?.rows.is_empty())
}

struct Walked<S: Source> {
    /// In the order of the walk.
    rows: Vec<S::Row>,
    more: Option<Place<S::Id>>,
}

async fn walked<S: Source>(source: &S, order: Order, spot: &Spot, turn: Turn) -> Result<Reached, Error> {
    let Walked { mut rows, more } = walk(source, order, spot, source.wanted().page.count, turn).await?;
    if spot.backward {
        rows.reverse();
    }
    let mark = |place: Place<S::Id>| Mark::of_place(order, S::uuid(place.id), place.name);
    let ends = Ends {
        first: rows.first().map(place::<S>).map(mark),
        last: rows.last().map(place::<S>).map(mark),
        more: more.map(mark),
    };
    let total = match (&spot.from, source.is_exact(), &ends.more) {
        (None, _, None) => Some(u64::try_from(rows.len()).unwrap_or(u64::MAX)),
        (None, true, Some(_)) => Some(source.count().await?),
        (Some(_), _, _) | (None, false, Some(_)) => None,
    };
    let resources = answered(source, &rows).await?;
    let (previous, next) = ends.spots(spot);
    Ok(Reached { resources, total, previous, next })
}

/// Goes on until there are `count` matches and one more, or the end, or no more time.
async fn walk<S: Source>(source: &S, order: Order, spot: &Spot, count: usize, turn: Turn) -> Result<Walked<S>, Error> {
    let mut scan = Scan::new(source, turn);
    let mut from = spot.from.as_ref().map(|mark| place_of::<S>(order, mark)).transpose()?;
    let mut rows = Vec::new();
    loop {
        let enough = u64::try_from(count + 1 - rows.len()).unwrap_or(u64::MAX);
        let limit = if source.is_exact() { enough } else { source.batch() };
        let batch = source.walk(Walk { order, backward: spot.backward, from: from.as_ref(), limit }).await?;
        let (looked_at, last) = (batch.len(), batch.last().map(place::<S>));
        let fits = fitting(source, &batch).await?;
        for (row, _) in batch.into_iter().zip(fits).filter(|(_, fits)| *fits) {
            if rows.len() == count {
                scan.done().await;
                let more = rows.last().map(place::<S>);
                return Ok(Walked { rows, more });
            }
            rows.push(row);
        }
        from = last.or(from);
        let found = u64::try_from(rows.len()).unwrap_or(u64::MAX);
        let step = scan.step_within(looked_at, limit, found).await?;
        if step != Step::On {
            scan.done().await;
            return Ok(Walked { rows, more: from.filter(|_| step == Step::Over) });
        }
    }
}

/// Which rows the filter matches.
async fn fitting<S: Source>(source: &S, rows: &[S::Row]) -> Result<Vec<bool>, Error> {
    if source.is_exact() {
        return Ok(vec![true; rows.len()]);
    }
    source.look(rows, |resource| matches(source, resource)).await
}

fn place_of<S: Source>(order: Order, mark: &Mark) -> Result<Place<S::Id>, Error> {
    let name = match order {
        Order::Id => String::new(),
        Order::Name { .. } => String::from_utf8(mark.key.clone()).map_err(|_| unknown())?,
    };
    Ok(Place { name, id: S::from_uuid(mark.id), inclusive: mark.inclusive })
}

/// Where the database has no index for the order, each page looks at everybody, and keeps the keys behind its place.
async fn sorted<S: Source>(source: &S, sort: &SortBy, spot: &Spot, turn: Turn) -> Result<Reached, Error> {
    let count = source.wanted().page.count;
    let from = match &spot.from {
        Some(mark) => Some((sort.read_key(&mark.key).ok_or_else(unknown)?, S::from_uuid(mark.id), mark.inclusive)),
        None => None,
    };
    let mut best = Best::new(count + 1, spot.backward);
    let mut scan = Scan::new(source, turn);
    let (mut total, mut after) = (0, None);
    loop {
        let limit = source.batch();
        let rows = source.walk(Walk { from: after.as_ref(), ..Walk::all(limit) }).await?;
        let keys = source.look(&rows, |resource| matches(source, resource).then(|| sort.key(resource))).await?;
        for (row, key) in rows.iter().zip(keys) {
            if let Some(key) = key {
                total += 1;
                let id = S::id(row);
                if from.as_ref().is_none_or(|from| lies_ahead(&key, &id, from, spot.backward)) {
                    best.offer(key, id);
                }
            }
        }
        after = rows.last().map(place::<S>).or(after);
        if scan.step(rows.len(), limit, total).await? {
            break;
        }
    }
    scan.done().await;
    let mut keys = best.into_keys();
    let is_more = keys.len() > count;
    if is_more {
        let surplus = if spot.backward { 0 } else { count };
        keys.remove(surplus);
    }
    let mark = |(key, id): &(SortKey, S::Id)| Mark { id: S::uuid(*id), key: key.to_bytes(), inclusive: false };
    let (first, last) = (keys.first().map(mark), keys.last().map(mark));
    let more = if spot.backward { &first } else { &last }.clone().filter(|_| is_more);
    let (previous, next) = Ends { first, last, more }.spots(spot);
    let ids: Vec<S::Id> = keys.into_iter().map(|(_, id)| id).collect();
    Ok(Reached { resources: answered_ids(source, &ids).await?, total: Some(total), previous, next })
}

/// Whether a key comes after a place in the direction of the walk.
fn lies_ahead<Id: Ord>(key: &SortKey, id: &Id, from: &(SortKey, Id, bool), backward: bool) -> bool {
    let order = key.cmp(&from.0).then_with(|| id.cmp(&from.1));
    let order = if backward { order.reverse() } else { order };
    order.is_gt() || (from.2 && order.is_eq())
}
