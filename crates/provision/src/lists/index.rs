//! A page by the number of its first place (RFC 7644 §3.4.2.4). It comes with the number of all matches.

use serde_json::Value;
use usher_scim::SortBy;
use usher_scim::list::list_response;
use usher_storage::{Order, Page, Walk};

use super::best::Best;
use super::scan::{Scan, Turn};
use super::{Source, answered, answered_ids, matches, place};
use crate::Error;

pub(super) async fn page<S: Source>(source: &S, turn: Turn) -> Result<Value, Error> {
    let wanted = source.wanted();
    let (total, resources) = match (wanted.order(S::NAME), &wanted.sort) {
        (Some(order), _) if source.is_exact() => found(source, order).await?,
        (Some(order), _) => scanned(source, order, turn).await?,
        (None, Some(sort)) => sorted(source, sort, turn).await?,
        (None, None) => scanned(source, Order::Id, turn).await?,
    };
    Ok(list_response(total, wanted.page.start, resources))
}

/// The database finds, orders and cuts.
async fn found<S: Source>(source: &S, order: Order) -> Result<(u64, Vec<Value>), Error> {
    let (start, count) = (source.wanted().page.start, source.wanted().page.count);
    let page = Page { offset: start - 1, limit: u64::try_from(count).unwrap_or(u64::MAX) };
    let rows = if count == 0 { Vec::new() } else { source.find(order, page).await? };
    let shown = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    // A page that is not full says by itself where the list ends.
    let ends_here = shown < page.limit && (page.offset == 0 || shown > 0);
    let total = if ends_here { page.offset + shown } else { source.count().await? };
    Ok((total, answered(source, &rows).await?))
}

/// usher goes through all that the term finds, in the order of the list.
async fn scanned<S: Source>(source: &S, order: Order, turn: Turn) -> Result<(u64, Vec<Value>), Error> {
    let page = source.wanted().page;
    let mut scan = Scan::new(source, turn);
    let (mut total, mut window, mut from) = (0, Vec::new(), None);
    loop {
        let limit = source.batch();
        let rows = source.walk(Walk { order, backward: false, from: from.as_ref(), limit }).await?;
        let (looked_at, last) = (rows.len(), rows.last().map(place::<S>));
        let fits = source.look(&rows, |resource| matches(source, resource)).await?;
        for (row, fits) in rows.into_iter().zip(fits) {
            if fits {
                total += 1;
                if total >= page.start && window.len() < page.count {
                    window.push(row);
                }
            }
        }
        from = last.or(from);
        if scan.step(looked_at, limit, total).await? {
            break;
        }
    }
    scan.done().await;
    Ok((total, answered(source, &window).await?))
}

/// The same where the database has no index for the order: the keys of all places up to the end of the page are kept.
async fn sorted<S: Source>(source: &S, sort: &SortBy, turn: Turn) -> Result<(u64, Vec<Value>), Error> {
    let page = source.wanted().page;
    let skip = usize::try_from(page.start - 1).unwrap_or(usize::MAX);
    let mut best = Best::new(skip.saturating_add(page.count), false);
    let mut scan = Scan::new(source, turn);
    let (mut total, mut from) = (0, None);
    loop {
        let limit = source.batch();
        let rows = source.walk(Walk { from: from.as_ref(), ..Walk::all(limit) }).await?;
        let keys = source.look(&rows, |resource| matches(source, resource).then(|| sort.key(resource))).await?;
        for (row, key) in rows.iter().zip(keys) {
            if let Some(key) = key {
                total += 1;
                if !best.offer(key, S::id(row)) {
                    let detail = "this page lies too far behind in a list that has to be sorted: narrow the filter, or page with \"cursor\"";
                    return Err(usher_scim::Error::too_many("too_many_to_sort", detail).into());
                }
            }
        }
        from = rows.last().map(place::<S>).or(from);
        if scan.step(rows.len(), limit, total).await? {
            break;
        }
    }
    scan.done().await;
    let ids: Vec<S::Id> = best.into_keys().into_iter().skip(skip).map(|(_, id)| id).collect();
    Ok((total, answered_ids(source, &ids).await?))
}
