//! Threads that ask for bills, and check every one.

use dynpatch_examples::{Answer, Figures, Ledger};
use service_app::{Bill, Cart, bill};
use std::panic::catch_unwind;
use std::sync::Arc;
use std::thread::{JoinHandle, sleep, spawn};
use std::time::Duration;

/// Chosen so that each version of the prices and each version of the tax shows in the bill.
const CART: Cart = Cart { pieces: 6, price: 335 };
/// Built-in prices with the built-in tax.
const BEFORE: (&str, u64, u64) = ("list price", 2010, 381);
/// The patch's prices with the patch's tax.
const AFTER: (&str, u64, u64) = ("three for two", 1340, 255);

/// Threads at work.
#[derive(Debug)]
pub(crate) struct Callers {
    ledger: Arc<Ledger>,
    threads: Vec<JoinHandle<()>>,
}

impl Callers {
    pub(crate) fn start(threads: u16) -> Self {
        let ledger = Arc::<Ledger>::default();
        let start = |_| {
            let ledger = Arc::clone(&ledger);
            spawn(move || call_until_closed(&ledger))
        };
        let threads = (0..threads).map(start).collect();
        Self { ledger, threads }
    }

    pub(crate) fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Waits for the last calls.
    pub(crate) fn stop(self) -> Figures {
        self.ledger.close();
        for thread in self.threads {
            thread.join().expect("a thread catches the panics of its calls");
        }
        self.ledger.figures()
    }
}

fn call_until_closed(ledger: &Ledger) {
    while ledger.is_open() {
        for _ in 0..100 {
            let question = ledger.ask();
            let answer = catch_unwind(|| bill(&CART)).map_or_else(|_| Answer::Failed("a panic".to_owned()), judge);
            ledger.enter(&question, answer);
        }
        // Leaves the processor to cargo for a while.
        sleep(Duration::from_millis(2));
    }
}

fn judge(bill: Bill) -> Answer {
    let Bill { prices, net, tax } = &bill;
    if [BEFORE, AFTER].contains(&(prices, *net, *tax)) {
        Answer::By(bill.prices)
    } else {
        Answer::Mixed(format!("{bill:?}"))
    }
}
