//! Patchable `async fn`: a future runs its own version to its end.

use crate::applied;
use dynpatch::prelude::*;
use dynpatch_tests::{fixture, isolated};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

struct Ignore;

impl Wake for Ignore {
    fn wake(self: Arc<Self>) {}
}

fn poll<F: Future + ?Sized>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(&Waker::from(Arc::new(Ignore))))
}

fn finish<F: Future + ?Sized>(mut future: std::pin::Pin<Box<F>>) -> F::Output {
    loop {
        if let Poll::Ready(output) = poll(future.as_mut()) {
            return output;
        }
    }
}

#[test]
fn a_future_finishes_in_its_own_version_on_other_threads_across_swaps() {
    isolated("asynchronous::a_future_finishes_in_its_own_version_on_other_threads_across_swaps", || {
        init().unwrap();
        // One future of each version, all polled once where they were made.
        let mut built_in = Box::pin(test_app::wait_for(4, "a"));
        assert!(poll(built_in.as_mut()).is_pending());
        reload(fixture("same-source")).unwrap();
        let mut patched = Box::pin(test_app::wait_for(4, "b"));
        assert!(poll(patched.as_mut()).is_pending());
        let unpolled = Box::pin(test_app::wait_for(1, "c"));
        // Another thread polls both, after one swap, and after two more.
        let (built_in, patched) = std::thread::spawn(move || {
            assert!(poll(built_in.as_mut()).is_pending());
            assert!(poll(patched.as_mut()).is_pending());
            (built_in, patched)
        })
        .join()
        .unwrap();
        rollback().unwrap();
        reload(fixture("same-source")).unwrap();
        std::thread::spawn(move || {
            assert_eq!(finish(built_in), "a: 1");
        })
        .join()
        .unwrap();
        rollback().unwrap();
        assert_eq!(finish(patched), "b: 2", "two swaps after it was made");
        assert_eq!(finish(unpolled), "c: 1", "a future that was not polled has not chosen its version");
        let counter = test_app::Counter { count: 3 };
        assert!(matches!(poll(pin!(counter.later("method"))), Poll::Pending));
    });
}

#[test]
fn a_method_and_a_task_of_tokio_run_the_live_version() {
    isolated("asynchronous::a_method_and_a_task_of_tokio_run_the_live_version", || {
        applied("same-source");
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
        runtime.block_on(async {
            let counter = test_app::Counter { count: 3 };
            assert_eq!(counter.later("method").await, "method 3 v2");
            let task = tokio::spawn(test_app::wait_for(100, "task"));
            assert_eq!(task.await.unwrap(), "task: 2");
        });
    });
}

#[test]
fn a_host_function_stays_the_hosts_and_runs_tasks_of_a_patch() {
    isolated("asynchronous::a_host_function_stays_the_hosts_and_runs_tasks_of_a_patch", || {
        let report = applied("same-source");
        assert_eq!(test_app::version(), 2);
        assert!(report.items.iter().all(|item| item.name != "test_app::spawn"));
        test_app::spawn_task(false);
        test_app::spawn_task(true);
        let tasks = std::mem::take(&mut *test_app::TASKS.lock().unwrap());
        let [fine, panics] = <[_; 2]>::try_from(tasks).ok().expect("the host's `spawn` got both");
        assert_eq!(finish(fine), 2, "the task is the patch's");
        let payload = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| finish(panics))).unwrap_err();
        assert_eq!(payload.downcast_ref::<String>().unwrap(), "a task of version 2");
    });
}
