/// `value` held in 16 bits: what lies outside becomes the nearest number of -32,768...32,767.
@inline(__always)
func saturated16(_ value: Int32) -> Int32 { min(max(value, -32_768), 32_767) }

/// `x / 4,096` rounded toward zero, as a sign and a magnitude do it.
@inline(__always)
func towardZero12(_ x: Int64) -> Int64 { x < 0 ? -((0 &- x) >> 12) : x >> 12 }
