//! A shop's prices: a service that patches replace as a whole, and a function that they fix by its path.

use dynpatch::prelude::*;

/// What is bought.
#[derive(Debug, Clone, PatchType)]
pub struct Cart {
    /// How many pieces.
    pub pieces: u64,
    /// What one of them costs, in cents.
    pub price: u64,
}

/// Whoever knows the prices.
#[patch_trait]
pub trait Pricing: Send + Sync {
    /// What it is called on the bill.
    fn name(&self) -> String;

    /// The sum before tax, in cents.
    fn net(&self, cart: &Cart) -> u64;
}

/// The prices the program was built with.
#[derive(Debug)]
pub struct ListPrice;

impl Pricing for ListPrice {
    fn name(&self) -> String {
        "list price".to_owned()
    }

    fn net(&self, cart: &Cart) -> u64 {
        cart.pieces * cart.price
    }
}

/// The prices in force.
pub static PRICING: Service<dyn Pricing> = Service::new(&ListPrice);

/// The tax on a sum, in cents. It forgets to round: the patch has the fix.
#[patchable]
pub fn tax(net: u64) -> u64 {
    net * 19 / 100
}

/// What a customer gets.
#[derive(Debug, Clone, PartialEq, Eq, PatchType)]
pub struct Bill {
    /// Whose prices.
    pub prices: String,
    /// Before tax, in cents.
    pub net: u64,
    /// The tax, in cents.
    pub tax: u64,
}

/// Adds up one bill, all of it with the code of one moment: prices and tax change together, or not at all.
pub fn bill(cart: &Cart) -> Bill {
    snapshot(|| {
        let pricing = PRICING.get();
        let net = pricing.net(cart);
        Bill { prices: pricing.name(), net, tax: tax(net) }
    })
}
