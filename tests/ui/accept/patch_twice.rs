dynpatch::patch!();
