//! What the running processor can do.

/// Whether this processor has a feature, under the name the compiler gives it. A feature nobody here knows is not had.
pub(crate) fn has(feature: &str) -> bool {
    macro_rules! ask {
        ($detected:ident: $($name:tt)*) => {
            match feature {
                $($name => std::arch::$detected!($name),)*
                _ => false,
            }
        };
    }
    #[cfg(any(target_arch = "x86_64", target_arch = "x86"))]
    return ask!(is_x86_feature_detected: "adx" "aes" "avx" "avx2" "avx512bf16" "avx512bitalg" "avx512bw" "avx512cd"
        "avx512dq" "avx512f" "avx512fp16" "avx512ifma" "avx512vbmi" "avx512vbmi2" "avx512vl" "avx512vnni"
        "avx512vp2intersect" "avx512vpopcntdq" "avxifma" "avxneconvert" "avxvnni" "avxvnniint16" "avxvnniint8" "bmi1"
        "bmi2" "cmpxchg16b" "f16c" "fma" "fxsr" "gfni" "kl" "lzcnt" "movbe" "pclmulqdq" "popcnt" "rdrand" "rdseed"
        "rtm" "sha" "sha512" "sm3" "sm4" "sse" "sse2" "sse3" "sse4.1" "sse4.2" "sse4a" "ssse3" "tbm" "vaes"
        "vpclmulqdq" "widekl" "xsave" "xsavec" "xsaveopt" "xsaves");
    #[cfg(target_arch = "aarch64")]
    return ask!(is_aarch64_feature_detected: "aes" "bf16" "bti" "crc" "dit" "dotprod" "dpb" "dpb2" "f32mm" "f64mm"
        "fcma" "fhm" "flagm" "fp16" "frintts" "i8mm" "jsconv" "lse" "lse2" "mte" "neon" "paca" "pacg" "pmull" "rand"
        "rcpc" "rcpc2" "rdm" "sb" "sha2" "sha3" "sm4" "ssbs" "sve" "sve2" "tme");
    #[cfg(not(any(target_arch = "x86_64", target_arch = "x86", target_arch = "aarch64")))]
    {
        let _ = feature;
        false
    }
}
