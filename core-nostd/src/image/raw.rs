//! The first call into an image, and its functions as functions.

use super::{AdmittedImage, LoadError};
use core::ptr::NonNull;
use dynpatch_interface::boundary::{Code, Function};
use dynpatch_interface::firmware::HostServices;

/// An image in its region. It brings functions for some of `ITEMS` items.
///
/// Dropping it leaves the region to the image for good.
#[derive(Debug)]
pub struct LoadedImage<const ITEMS: usize> {
    functions: [Option<Function>; ITEMS],
    region: NonNull<[u8]>,
}

/// The region of an image that was not loaded, and why.
#[derive(Debug)]
pub struct NotLoaded {
    /// The region, to be used for another.
    pub region: &'static mut [u8],
    /// Why.
    pub error: LoadError,
}

impl AdmittedImage<'_> {
    /// Copies the image into a region, relocates it, and connects it with its host. Nothing of it is live yet.
    ///
    /// `synchronise` is called between writing the code and running it, with the written region. It makes the processor
    /// run what was written: on a core without caches, `dsb` and `isb` on ARM, and `fence rw, rw` and `fence.i` on
    /// RISC-V; where there are caches, the data cache is cleaned and the instruction cache invalidated before.
    ///
    /// # Errors
    /// When the region is too small, not aligned for the image, or not within 32 bits; when the image brings an item at
    /// `ITEMS` or beyond; when the image's own preparation fails. The region comes back.
    ///
    /// # Safety
    /// - The image was made by `dynpatch-image` from a program that `dynpatch_interface::firmware_image` made an image
    ///   of, and that keeps the rules for authors of images. Its bytes were compared with a checksum, which is no
    ///   protection against someone with intent: a signature is checked before.
    /// - The region may be executed, and `synchronise` does what is said above.
    pub unsafe fn load<const ITEMS: usize>(
        self,
        region: &'static mut [u8],
        services: &'static HostServices,
        synchronise: impl FnOnce(&[u8]),
    ) -> Result<LoadedImage<ITEMS>, NotLoaded> {
        let placed = self.places().and_then(|items| Ok((items, self.place_at_its_address(region)?)));
        let (items, address) = match placed {
            Ok(placed) => placed,
            Err(error) => return Err(NotLoaded { region, error }),
        };
        synchronise(region);
        let region = NonNull::from(region);
        let connect = code(address, self.image().table().connect());
        // SAFETY: both are addresses of one size. The word stands where `firmware_image` puts the function that connects,
        // of this very type (caller: it made the table), and the compiler that gave the type its ABI is the host's:
        // `Image::check` compared them. It is the address of code in the region (`EntryTable` checked the word), which was
        // relocated to where it now lies and synchronised, and may run (caller).
        let connect = unsafe { core::mem::transmute::<Code, fn(&'static HostServices) -> u32>(connect) };
        let status = connect(services);
        let loaded = LoadedImage { functions: items.map(|item| Some(function(address, item?))), region };
        if status == 0 {
            return Ok(loaded);
        }
        // SAFETY: none of its functions was handed out, so nobody is in the image; and an image that does not get
        // connected leaves nothing behind that leads into it (caller: a rule for authors).
        let region = unsafe { loaded.reclaim() };
        Err(NotLoaded { region, error: LoadError::Connect { status } })
    }

    /// Where the function for each item lies, from the start of the image.
    fn places<const ITEMS: usize>(&self) -> Result<[Option<u32>; ITEMS], LoadError> {
        let mut places = [None; ITEMS];
        for (item, entry) in self.image().table().entries() {
            *places.get_mut(item).ok_or(LoadError::Place { item })? = Some(entry);
        }
        Ok(places)
    }

    /// Places the image in the region, and says where that is. The region's provenance is exposed: code reaches its own
    /// data, and its host reaches code, by address.
    fn place_at_its_address(&self, region: &mut [u8]) -> Result<u32, LoadError> {
        let address = region.as_mut_ptr().expose_provenance();
        let address = u32::try_from(address).map_err(|_| LoadError::Unreachable)?;
        self.place(region, address).map(|()| address)
    }
}

impl<const ITEMS: usize> LoadedImage<ITEMS> {
    /// The function for each item that the image brings, by place.
    pub fn functions(&self) -> &[Option<Function>; ITEMS] {
        &self.functions
    }

    /// The address of the image.
    pub fn address(&self) -> usize {
        self.region.addr().get()
    }

    /// Gives the region back.
    ///
    /// # Safety
    /// Nobody calls a function of the image any more, and nobody will: none is in a table that is live or can be rolled
    /// back to, and no call is under way, in an interrupted context neither. Nothing else leads into the image: no
    /// pointer that one of its functions gave away.
    pub unsafe fn reclaim(mut self) -> &'static mut [u8] {
        // SAFETY: the pointer was made of a `&'static mut`, which `load` consumed, so it is valid for 'static and nobody
        // else has the memory but the image; and from now on the image has it no more (caller).
        unsafe { self.region.as_mut() }
    }
}

/// The address of code of an image at an address.
fn code(address: u32, offset: u32) -> Code {
    core::ptr::with_exposed_provenance(address.wrapping_add(offset) as usize)
}

fn function(address: u32, offset: u32) -> Function {
    let code = code(address, offset);
    // SAFETY: both are addresses of one size. This one is not null: it lies in the region, past its start or at it, and
    // a region is a reference. Whoever calls the function gives it back its own type.
    unsafe { core::mem::transmute::<Code, Function>(code) }
}
