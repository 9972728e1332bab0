;; Logarithms of math.wat: log, log1p and softplus = max(x, 0) + log1p(e^(−|x|)).
;; x = 2ᵏ·m with m in [√½, √2), f = m − 1, s = f/(2 + f), z = s²: log m = 2 artanh s = f − f²/2 + s·(f²/2 + z·L(z)).
(module
  (import "math" "expPair" (func $expPair (param v128 v128) (result v128 v128)))

  (global $signBit v128 (v128.const i64x2 0x8000000000000000 0x8000000000000000))
  (global $half v128 (v128.const f64x2 0.5 0.5))
  (global $one v128 (v128.const f64x2 1 1))
  (global $two v128 (v128.const f64x2 2 2))
  (global $minusOne v128 (v128.const f64x2 -1 -1))
  (global $zero v128 (v128.const f64x2 0 0))
  (global $infinity v128 (v128.const f64x2 inf inf))
  (global $normal v128 (v128.const f64x2 0x1p-1022 0x1p-1022))
  (global $raise v128 (v128.const f64x2 0x1p54 0x1p54))

  ;; The bits of √½, and of 1 less those: adding the latter carries into the exponent field from √2 on.
  (global $rootBits v128 (v128.const i64x2 0x3fe6a09e667f3bcd 0x3fe6a09e667f3bcd))
  (global $carry v128 (v128.const i64x2 0x00095f619980c433 0x00095f619980c433))
  (global $fraction v128 (v128.const i64x2 0x000fffffffffffff 0x000fffffffffffff))
  (global $exponent v128 (v128.const i64x2 0x7ff0000000000000 0x7ff0000000000000))
  ;; 2⁵² as bits, into whose low end an exponent field goes; 2⁵² + 1023 and 2⁵² + 1077, which make k of it.
  (global $whole v128 (v128.const f64x2 0x1p52 0x1p52))
  (global $bias v128 (v128.const f64x2 4503599627371519 4503599627371519))
  (global $raisedBias v128 (v128.const f64x2 4503599627371573 4503599627371573))
  (global $ln2High v128 (v128.const f64x2 0.6931471803691238 0.6931471803691238))
  (global $ln2Low v128 (v128.const f64x2 1.9082149292705877e-10 1.9082149292705877e-10))

  ;; (2 artanh s − 2s)/s³ of z = s²
  (global $l0 v128 (v128.const f64x2 0.6666666666666735 0.6666666666666735))
  (global $l1 v128 (v128.const f64x2 0.3999999999941295 0.3999999999941295))
  (global $l2 v128 (v128.const f64x2 0.2857142874281385 0.2857142874281385))
  (global $l3 v128 (v128.const f64x2 0.22222198525496792 0.22222198525496792))
  (global $l4 v128 (v128.const f64x2 0.18183566997593856 0.18183566997593856))
  (global $l5 v128 (v128.const f64x2 0.15313977524858374 0.15313977524858374))
  (global $l6 v128 (v128.const f64x2 0.1479672494910754 0.1479672494910754))

  ;; k·ln 2 + log(1 + f); k·$ln2High is exact.
  (func $series (param $f v128) (param $k v128) (result v128)
    (local $s v128) (local $z v128) (local $z2 v128) (local $h v128)
    (local.set $s (f64x2.div (local.get $f) (f64x2.add (global.get $two) (local.get $f))))
    (local.set $z (f64x2.mul (local.get $s) (local.get $s)))
    (local.set $z2 (f64x2.mul (local.get $z) (local.get $z)))
    (local.set $h (f64x2.mul (global.get $half) (f64x2.mul (local.get $f) (local.get $f))))
    (f64x2.sub
      (f64x2.mul (local.get $k) (global.get $ln2High))
      (f64x2.sub
        (f64x2.sub
          (local.get $h)
          (f64x2.add
            (f64x2.mul (local.get $k) (global.get $ln2Low))
            (f64x2.mul
              (local.get $s)
              (f64x2.add
                (local.get $h)
                (f64x2.mul
                  (local.get $z)
                  (f64x2.add
                    (f64x2.add
                      (f64x2.add (global.get $l0) (f64x2.mul (global.get $l1) (local.get $z)))
                      (f64x2.mul
                        (f64x2.add (global.get $l2) (f64x2.mul (global.get $l3) (local.get $z)))
                        (local.get $z2)))
                    (f64x2.mul
                      (f64x2.add
                        (f64x2.add (global.get $l4) (f64x2.mul (global.get $l5) (local.get $z)))
                        (f64x2.mul (global.get $l6) (local.get $z2)))
                      (f64x2.mul (local.get $z2) (local.get $z2)))))))))
        (local.get $f))))

  ;; log 0 = −∞, log ∞ = ∞, NaN for what is negative or NaN.
  (func $edges (param $x v128) (result v128)
    (v128.bitselect
      (f64x2.neg (global.get $infinity))
      (f64x2.sqrt (local.get $x))
      (f64x2.eq (local.get $x) (global.get $zero))))

  ;; Subnormal numbers are raised by 2⁵⁴ first.
  (func $log (export "log") (param $x v128) (result v128)
    (local $slow i32) (local $bias v128) (local $t v128) (local $low v128) (local $y v128)
    (local.set $bias (global.get $bias))
    (local.set $y (local.get $x))
    (local.set $slow
      (i32.ne
        (i64x2.bitmask
          (v128.and
            (f64x2.ge (local.get $x) (global.get $normal))
            (f64x2.lt (local.get $x) (global.get $infinity))))
        (i32.const 3)))
    (if (local.get $slow)
      (then
        (local.set $low (f64x2.lt (local.get $x) (global.get $normal)))
        (local.set $y
          (v128.bitselect (f64x2.mul (local.get $x) (global.get $raise)) (local.get $x) (local.get $low)))
        (local.set $bias
          (v128.bitselect (global.get $raisedBias) (global.get $bias) (local.get $low)))))
    (local.set $t (i64x2.add (local.get $y) (global.get $carry)))
    (local.set $y
      (call $series
        (f64x2.sub
          (i64x2.add (v128.and (local.get $t) (global.get $fraction)) (global.get $rootBits))
          (global.get $one))
        (f64x2.sub
          (v128.or (i64x2.shr_u (local.get $t) (i32.const 52)) (global.get $whole))
          (local.get $bias))))
    (if (local.get $slow)
      (then
        (local.set $y
          (v128.bitselect
            (local.get $y)
            (call $edges (local.get $x))
            (v128.and
              (f64x2.gt (local.get $x) (global.get $zero))
              (f64x2.lt (local.get $x) (global.get $infinity)))))))
    (local.get $y))

  ;; log(u + low) for u ≥ 2⁻⁵³ and |low| ≤ ulp(u)/2, or u = 1 and |low| small: f = m − 1 + 2⁻ᵏ·low.
  (func $logPair (param $u v128) (param $low v128) (result v128)
    (local $t v128)
    (local.set $t (i64x2.add (local.get $u) (global.get $carry)))
    (call $series
      (f64x2.add
        (f64x2.sub
          (i64x2.add (v128.and (local.get $t) (global.get $fraction)) (global.get $rootBits))
          (global.get $one))
        (f64x2.mul
          (local.get $low)
          (f64x2.mul
            (i64x2.sub (global.get $exponent) (v128.and (local.get $t) (global.get $exponent)))
            (global.get $half))))
      (f64x2.sub
        (v128.or (i64x2.shr_u (local.get $t) (i32.const 52)) (global.get $whole))
        (global.get $bias))))

  ;; 1 + x as an unevaluated sum; the sign is that of x, which keeps −0.
  (func $log1p (export "log1p") (param $x v128) (result v128)
    (local $u v128) (local $v v128) (local $inside v128) (local $y v128)
    (local.set $inside
      (v128.and
        (f64x2.gt (local.get $x) (global.get $minusOne))
        (f64x2.lt (local.get $x) (global.get $infinity))))
    (local.set $u (f64x2.add (global.get $one) (local.get $x)))
    (local.set $v (f64x2.sub (local.get $u) (global.get $one)))
    (local.set $y
      (v128.bitselect
        (local.get $x)
        (call $logPair
          (local.get $u)
          (f64x2.add
            (f64x2.sub (global.get $one) (f64x2.sub (local.get $u) (local.get $v)))
            (f64x2.sub (local.get $x) (local.get $v))))
        (global.get $signBit)))
    (if (i32.ne (i64x2.bitmask (local.get $inside)) (i32.const 3))
      (then
        (local.set $y
          (v128.bitselect (local.get $y) (call $edges (local.get $u)) (local.get $inside)))))
    (local.get $y))

  (func $softplus (export "softplus") (param $x v128) (result v128)
    (local $e v128) (local $low v128) (local $u v128)
    (call $expPair (v128.or (local.get $x) (global.get $signBit)) (global.get $one))
    (local.set $low)
    (local.set $e)
    (local.set $u (f64x2.add (global.get $one) (local.get $e)))
    (f64x2.add
      (f64x2.pmax (local.get $x) (global.get $zero))
      (call $logPair
        (local.get $u)
        (f64x2.add
          (f64x2.sub (local.get $e) (f64x2.sub (local.get $u) (global.get $one)))
          (local.get $low))))))
