//! In which order operations are tried: as sent, but each after those that it needs (RFC 7644 §3.7.2).

use std::collections::VecDeque;

use super::Operation;
use crate::error::{Error, quoted};

/// How many names of a circle a detail lists.
const NAMED: usize = 5;

/// Orders the operations; those that wait for each other in a circle, and those that wait for them, are refused. Takes
/// time in proportion to operations and references.
pub(super) fn arrange(operations: &mut [Operation<'_>]) -> Vec<usize> {
    let mut needs: Vec<Vec<usize>> = operations
        .iter()
        .map(|operation| operation.wanted.as_ref().map_or_else(|_| Vec::new(), |wanted| wanted.needs.clone()))
        .collect();
    let order = sorted(&needs);
    if order.len() == operations.len() {
        return order;
    }
    let circles = Circles::of(&needs, &order);
    for (index, circle) in circles.of_each.iter().enumerate() {
        let Some(circle) = circle else { continue };
        let text = circles.text(*circle, operations);
        if let Some(operation) = operations.get_mut(index) {
            operation.wanted = Err(Error::new(409, None, "bulk_circle", text));
        }
        if let Some(needs) = needs.get_mut(index) {
            needs.clear();
        }
    }
    // What is refused needs nothing any more, so that its turn comes where it stands.
    sorted(&needs)
}

/// Places in order, each after those that it needs and otherwise as they come; those in and behind circles are left out.
fn sorted(needs: &[Vec<usize>]) -> Vec<usize> {
    let mut open: Vec<usize> = needs.iter().map(Vec::len).collect();
    let mut waiting: Vec<Vec<usize>> = vec![Vec::new(); needs.len()];
    for (index, needed) in needs.iter().enumerate() {
        for other in needed {
            if let Some(waiting) = waiting.get_mut(*other) {
                waiting.push(index);
            }
        }
    }
    let mut order = Vec::with_capacity(needs.len());
    let mut ready = VecDeque::new();
    for at in 0..needs.len() {
        if open.get(at) == Some(&0) {
            ready.push_back(at);
        }
        while let Some(done) = ready.pop_front() {
            order.push(done);
            for index in waiting.get(done).into_iter().flatten() {
                let Some(open) = open.get_mut(*index) else { continue };
                *open -= 1;
                // Those further on are met when their turn comes.
                if *open == 0 && *index < at {
                    ready.push_back(*index);
                }
            }
        }
    }
    order
}

/// Which circle each operation is in or waits for.
struct Circles {
    of_each: Vec<Option<usize>>,
    /// For each circle, who is in it.
    members: Vec<Vec<usize>>,
}

impl Circles {
    /// Finds them by walking from each operation that was left out along the first one it needs that was left out too; each
    /// is walked over once.
    fn of(needs: &[Vec<usize>], order: &[usize]) -> Self {
        let mut stuck = vec![true; needs.len()];
        for done in order {
            stuck[*done] = false;
        }
        let next = |at: usize| needs[at].iter().copied().find(|other| stuck[*other]);
        let mut found = Self { of_each: vec![None; needs.len()], members: Vec::new() };
        let mut place_on_walk = vec![None; needs.len()];
        for start in (0..needs.len()).filter(|at| stuck[*at]) {
            let mut walk: Vec<usize> = Vec::new();
            let mut at = Some(start);
            while let Some(here) = at.filter(|here| found.of_each[*here].is_none() && place_on_walk[*here].is_none()) {
                place_on_walk[here] = Some(walk.len());
                walk.push(here);
                at = next(here);
            }
            let Some(end) = at else { continue };
            let circle = found.of_each[end].unwrap_or_else(|| {
                found.members.push(walk.iter().copied().skip(place_on_walk[end].unwrap_or_default()).collect());
                found.members.len() - 1
            });
            for here in walk {
                found.of_each[here] = Some(circle);
            }
        }
        found
    }

    fn text(&self, circle: usize, operations: &[Operation<'_>]) -> String {
        let members = self.members.get(circle).map(Vec::as_slice).unwrap_or_default();
        let name = |index: &usize| operations.get(*index).and_then(|operation| operation.bulk_id.as_deref());
        let mut names: Vec<String> =
            members.iter().take(NAMED).map(|index| quoted(name(index).unwrap_or_default())).collect();
        if members.len() > NAMED {
            names.push(format!("{} more", members.len() - NAMED));
        }
        names.extend(names.first().cloned());
        format!("the operations refer to each other in a circle, so none can come first: {}", names.join(" needs "))
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Circles, sorted};

    #[test]
    fn what_is_needed_comes_first_and_nothing_else_moves() {
        let cases: &[(&[&[usize]], &[usize])] = &[
            (&[&[], &[], &[]], &[0, 1, 2]),
            (&[&[], &[0], &[0, 1]], &[0, 1, 2]),
            (&[&[2], &[], &[], &[]], &[1, 2, 0, 3]),
            (&[&[3], &[3], &[], &[], &[]], &[2, 3, 0, 1, 4]),
            (&[&[1], &[2], &[3], &[]], &[3, 2, 1, 0]),
            (&[&[1], &[0], &[], &[0]], &[2]),
            (&[&[0], &[]], &[1]),
        ];
        for (needs, expected) in cases {
            let needs: Vec<Vec<usize>> = needs.iter().map(|needs| needs.to_vec()).collect();
            assert_eq!(sorted(&needs), *expected, "{needs:?}");
        }
    }

    #[test]
    fn each_circle_is_found_once_and_who_waits_for_it_is_known() {
        // 0 and 1 need each other, 2 waits for them, 4 needs itself, 5 is free
        let needs = vec![vec![1], vec![0], vec![5, 1], vec![4, 0], vec![4], vec![]];
        let circles = Circles::of(&needs, &sorted(&needs));
        assert_eq!(circles.members, [vec![0, 1], vec![4]]);
        assert_eq!(circles.of_each, [Some(0), Some(0), Some(0), Some(1), Some(1), None]);
    }

    #[test]
    fn r63_chains_circles_and_fans_of_200000_take_no_time() {
        const MANY: usize = 200_000;
        let chain: Vec<Vec<usize>> = (0..MANY).map(|at| Vec::from_iter((at + 1 < MANY).then_some(at + 1))).collect();
        let circle: Vec<Vec<usize>> = (0..MANY).map(|at| vec![(at + 1) % MANY]).collect();
        let tail: Vec<Vec<usize>> = (0..MANY).map(|at| vec![at.saturating_sub(1)]).collect();
        let fan: Vec<Vec<usize>> = (0..MANY).map(|at| if at == 0 { (1..MANY).collect() } else { Vec::new() }).collect();
        let started = Instant::now();
        assert!(sorted(&chain).into_iter().eq((0..MANY).rev()));
        assert!(sorted(&fan).into_iter().eq((1..MANY).chain([0])));
        for (needs, members) in [(&circle, MANY), (&tail, 1)] {
            let order = sorted(needs);
            let circles = Circles::of(needs, &order);
            assert_eq!((order.len(), circles.members.len(), circles.members[0].len()), (0, 1, members));
            assert!(circles.of_each.iter().all(|circle| *circle == Some(0)));
        }
        assert!(started.elapsed() < Duration::from_secs(20), "{:?}: that is not linear", started.elapsed());
    }
}
