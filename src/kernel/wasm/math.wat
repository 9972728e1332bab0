;; Elementary functions of two doubles at once, (v128) → v128, for the loops of compiled programs: the exponential family
;; here, erf, sinh and cosh in mathErf.wat, logarithms in mathLog.wat, sin and cos in mathCircle.wat, with tan, atan, atan2
;; and pow, which the host computes. A lane never depends on its neighbor: what ordinary numbers do not need is computed
;; behind one branch for both lanes and chosen by bits. Constants are vector globals: one load each, and no memory that a
;; caller would have to keep free.
;;
;; Worst error in ulp of the exact value, over 10⁶ random points each against 80-bit long doubles (erf: mpmath), with
;; subnormal arguments and results; `python elementary.py --measure 350000` in test/golden/kernel prints it again:
;;
;;   exp   expm1  tanh  sechSquared  sigmoid  erf   sinh  cosh  log   log1p  softplus  sin   cos
;;   0.96  1.61   1.76  1.29         1.82     1.35  0.94  0.88  0.86  1.26   1.54      0.82  0.82
;;
;; Polynomials are minimax, by the same script, and evaluated in pairs and pairs of pairs (Estrin), which shortens the
;; chain of dependent operations: a fifth to a quarter faster than Horner's rule.
(module
  (global $signBit v128 (v128.const i64x2 0x8000000000000000 0x8000000000000000))
  (global $zero v128 (v128.const i64x2 0 0))
  (global $quarter v128 (v128.const f64x2 0.25 0.25))
  (global $half v128 (v128.const f64x2 0.5 0.5))
  (global $one v128 (v128.const f64x2 1 1))
  (global $two v128 (v128.const f64x2 2 2))
  (global $four v128 (v128.const f64x2 4 4))

  ;; |x| up to here: exp x and its factors 2ᵏ are normal numbers.
  (global $plain v128 (v128.const f64x2 708 708))
  (global $most v128 (v128.const f64x2 1000 1000))
  (global $least v128 (v128.const f64x2 -1000 -1000))
  (global $tanhLeast v128 (v128.const f64x2 -40 -40))

  ;; 1.5·2⁵² + 1023: adding it rounds to an integer k and leaves k + 1023, an exponent field, in the low bits.
  (global $magic v128 (v128.const f64x2 6755399441056767 6755399441056767))
  (global $log2e v128 (v128.const f64x2 1.4426950408889634 1.4426950408889634))
  (global $ln2High v128 (v128.const f64x2 0.6931471803691238 0.6931471803691238))
  (global $ln2Low v128 (v128.const f64x2 1.9082149292705877e-10 1.9082149292705877e-10))

  ;; (eʳ − 1 − r)/r² on |r| ≤ ln 2/2
  (global $e0 v128 (v128.const f64x2 0.5 0.5))
  (global $e1 v128 (v128.const f64x2 0.16666666666666677 0.16666666666666677))
  (global $e2 v128 (v128.const f64x2 0.0416666666666667 0.0416666666666667))
  (global $e3 v128 (v128.const f64x2 0.008333333333321579 0.008333333333321579))
  (global $e4 v128 (v128.const f64x2 0.0013888888888866897 0.0013888888888866897))
  (global $e5 v128 (v128.const f64x2 0.00019841269886265785 0.00019841269886265785))
  (global $e6 v128 (v128.const f64x2 2.480158736048724e-05 2.480158736048724e-05))
  (global $e7 v128 (v128.const f64x2 2.755724406215777e-06 2.755724406215777e-06))
  (global $e8 v128 (v128.const f64x2 2.7557242786832406e-07 2.7557242786832406e-07))
  (global $e9 v128 (v128.const f64x2 2.5109090401386327e-08 2.5109090401386327e-08))
  (global $e10 v128 (v128.const f64x2 2.092444251820405e-09 2.092444251820405e-09))

  ;; x = k·ln 2 + r: eʳ − 1, and k + 1023 in the low bits of a double. |x| ≤ 1000 or NaN.
  (func $reduced (param $x v128) (result v128 v128)
    (local $t v128) (local $k v128) (local $r v128) (local $r2 v128) (local $r4 v128)
    (local.set $t (f64x2.add (f64x2.mul (local.get $x) (global.get $log2e)) (global.get $magic)))
    (local.set $k (f64x2.sub (local.get $t) (global.get $magic)))
    (local.set $x (f64x2.sub (local.get $x) (f64x2.mul (local.get $k) (global.get $ln2High))))
    (local.set $k (f64x2.mul (local.get $k) (global.get $ln2Low)))
    (local.set $r (f64x2.sub (local.get $x) (local.get $k)))
    (local.set $k (f64x2.sub (f64x2.sub (local.get $x) (local.get $r)) (local.get $k)))
    (local.set $r2 (f64x2.mul (local.get $r) (local.get $r)))
    (local.set $r4 (f64x2.mul (local.get $r2) (local.get $r2)))
    (f64x2.add
      (local.get $r)
      (f64x2.add
        (local.get $k)
        (f64x2.mul
          (local.get $r2)
          (f64x2.add
            (f64x2.add
              (f64x2.add
                (f64x2.add (global.get $e0) (f64x2.mul (global.get $e1) (local.get $r)))
                (f64x2.mul
                  (f64x2.add (global.get $e2) (f64x2.mul (global.get $e3) (local.get $r)))
                  (local.get $r2)))
              (f64x2.mul
                (f64x2.add
                  (f64x2.add (global.get $e4) (f64x2.mul (global.get $e5) (local.get $r)))
                  (f64x2.mul
                    (f64x2.add (global.get $e6) (f64x2.mul (global.get $e7) (local.get $r)))
                    (local.get $r2)))
                (local.get $r4)))
            (f64x2.mul
              (f64x2.add
                (f64x2.add (global.get $e8) (f64x2.mul (global.get $e9) (local.get $r)))
                (f64x2.mul (global.get $e10) (local.get $r2)))
              (f64x2.mul (local.get $r4) (local.get $r4)))))))
    (local.get $t))

  ;; p·2ᵏ in two steps, for |k| up to 2044: the first is exact, the second rounds once, also below 2⁻¹⁰²².
  (func $scale (param $p v128) (param $t v128) (result v128)
    (local $h v128)
    (local.set $t (f64x2.sub (local.get $t) (global.get $magic)))
    (local.set $h (f64x2.add (f64x2.mul (local.get $t) (global.get $half)) (global.get $magic)))
    (f64x2.mul
      (f64x2.mul (local.get $p) (i64x2.shl (local.get $h) (i32.const 52)))
      (i64x2.shl
        (f64x2.add
          (f64x2.sub (local.get $t) (f64x2.sub (local.get $h) (global.get $magic)))
          (global.get $magic))
        (i32.const 52))))

  (func $clamp (param $x v128) (result v128)
    (f64x2.pmax (f64x2.pmin (local.get $x) (global.get $most)) (global.get $least)))

  ;; Like $reduced, but without the rounding error of r and without its call: half a nanosecond of four.
  (func $exp (export "exp") (param $x v128) (result v128)
    (local $slow i32) (local $t v128) (local $k v128) (local $r v128) (local $r2 v128) (local $r4 v128)
    (local.set $slow (i32.ne (i64x2.bitmask (f64x2.le (v128.andnot (local.get $x) (global.get $signBit)) (global.get $plain))) (i32.const 3)))
    (if (local.get $slow) (then (local.set $x (call $clamp (local.get $x)))))
    (local.set $t (f64x2.add (f64x2.mul (local.get $x) (global.get $log2e)) (global.get $magic)))
    (local.set $k (f64x2.sub (local.get $t) (global.get $magic)))
    (local.set $r
      (f64x2.sub
        (f64x2.sub (local.get $x) (f64x2.mul (local.get $k) (global.get $ln2High)))
        (f64x2.mul (local.get $k) (global.get $ln2Low))))
    (local.set $r2 (f64x2.mul (local.get $r) (local.get $r)))
    (local.set $r4 (f64x2.mul (local.get $r2) (local.get $r2)))
    (local.set $x
      (f64x2.add
        (global.get $one)
        (f64x2.add
          (local.get $r)
          (f64x2.mul
            (local.get $r2)
            (f64x2.add
              (f64x2.add
                (f64x2.add
                  (f64x2.add (global.get $e0) (f64x2.mul (global.get $e1) (local.get $r)))
                  (f64x2.mul
                    (f64x2.add (global.get $e2) (f64x2.mul (global.get $e3) (local.get $r)))
                    (local.get $r2)))
                (f64x2.mul
                  (f64x2.add
                    (f64x2.add (global.get $e4) (f64x2.mul (global.get $e5) (local.get $r)))
                    (f64x2.mul
                      (f64x2.add (global.get $e6) (f64x2.mul (global.get $e7) (local.get $r)))
                      (local.get $r2)))
                  (local.get $r4)))
              (f64x2.mul
                (f64x2.add
                  (f64x2.add (global.get $e8) (f64x2.mul (global.get $e9) (local.get $r)))
                  (f64x2.mul (global.get $e10) (local.get $r2)))
                (f64x2.mul (local.get $r4) (local.get $r4))))))))
    (if (result v128) (local.get $slow)
      (then (call $scale (local.get $x) (local.get $t)))
      (else (f64x2.mul (local.get $x) (i64x2.shl (local.get $t) (i32.const 52))))))

  ;; f·eˣ as an unevaluated sum of two doubles.
  (func $expPair (export "expPair") (param $x v128) (param $f v128) (result v128 v128)
    (local $slow i32) (local $t v128) (local $p v128)
    (local.set $slow (i32.ne (i64x2.bitmask (f64x2.le (v128.andnot (local.get $x) (global.get $signBit)) (global.get $plain))) (i32.const 3)))
    (if (local.get $slow) (then (local.set $x (call $clamp (local.get $x)))))
    (call $reduced (local.get $x))
    (local.set $t)
    (local.set $x)
    (local.set $p (f64x2.add (global.get $one) (local.get $x)))
    (local.set $x (f64x2.sub (local.get $x) (f64x2.sub (local.get $p) (global.get $one))))
    (if (result v128 v128) (local.get $slow)
      (then
        (call $scale (f64x2.mul (local.get $p) (local.get $f)) (local.get $t))
        (call $scale (f64x2.mul (local.get $x) (local.get $f)) (local.get $t)))
      (else
        (local.set $t (f64x2.mul (i64x2.shl (local.get $t) (i32.const 52)) (local.get $f)))
        (f64x2.mul (local.get $p) (local.get $t))
        (f64x2.mul (local.get $x) (local.get $t)))))

  ;; 2ᵏ − 1 + 2ᵏ·(eʳ − 1); the sign is that of x, which keeps −0.
  (func $expm1 (export "expm1") (param $x v128) (result v128)
    (local $slow i32) (local $s v128) (local $t v128) (local $w v128) (local $y v128) (local $inside v128)
    (local.set $y (local.get $x))
    (local.set $inside (f64x2.le (v128.andnot (local.get $x) (global.get $signBit)) (global.get $plain)))
    (local.set $slow (i32.ne (i64x2.bitmask (local.get $inside)) (i32.const 3)))
    (if (local.get $slow) (then (local.set $y (call $clamp (local.get $x)))))
    (call $reduced (local.get $y))
    (local.set $t)
    (local.set $s)
    (local.set $w (i64x2.shl (local.get $t) (i32.const 52)))
    (local.set $y
      (f64x2.add
        (f64x2.sub (local.get $w) (global.get $one))
        (f64x2.mul (local.get $w) (local.get $s))))
    (if (local.get $slow)
      (then
        (local.set $y
          (v128.bitselect
            (local.get $y)
            (f64x2.sub
              (call $scale (f64x2.add (global.get $one) (local.get $s)) (local.get $t))
              (global.get $one))
            (local.get $inside)))))
    (v128.bitselect (local.get $x) (local.get $y) (global.get $signBit)))

  ;; With m = e^(−2|x|) − 1: −m/(2 + m). What rounding takes from m and from 2 + m is given back to first order.
  (func $tanh (export "tanh") (param $x v128) (result v128)
    (local $z v128) (local $w v128) (local $m v128) (local $d v128) (local $q v128)
    (call $reduced
      (f64x2.pmax (f64x2.mul (v128.or (local.get $x) (global.get $signBit)) (global.get $two)) (global.get $tanhLeast)))
    (local.set $w)
    (local.set $z)
    (local.set $w (i64x2.shl (local.get $w) (i32.const 52)))
    (local.set $z (f64x2.mul (local.get $z) (local.get $w)))
    (local.set $w (f64x2.sub (local.get $w) (global.get $one)))
    (local.set $m (f64x2.add (local.get $w) (local.get $z)))
    (local.set $z (f64x2.sub (local.get $z) (f64x2.sub (local.get $m) (local.get $w))))
    (local.set $d (f64x2.add (global.get $two) (local.get $m)))
    (local.set $q (f64x2.div (local.get $m) (local.get $d)))
    (v128.bitselect
      (local.get $x)
      (f64x2.add
        (local.get $q)
        (f64x2.mul
          (f64x2.sub
            (local.get $z)
            (f64x2.mul
              (local.get $q)
              (f64x2.add
                (f64x2.sub (local.get $m) (f64x2.sub (local.get $d) (global.get $two)))
                (local.get $z))))
          (f64x2.mul (global.get $half) (f64x2.sub (global.get $one) (local.get $q)))))
      (global.get $signBit)))

  ;; 4e/(1 + e)² with e = e^(−2|x|); 1 + 2e + e² is kept with what rounding takes from it.
  (func $sechSquared (export "sechSquared") (param $x v128) (result v128)
    (local $e v128) (local $low v128) (local $e4 v128) (local $a v128) (local $twice v128) (local $d v128) (local $q v128)
    (call $expPair (f64x2.mul (v128.or (local.get $x) (global.get $signBit)) (global.get $two)) (global.get $four))
    (local.set $low)
    (local.set $e4)
    (local.set $e (f64x2.mul (local.get $e4) (global.get $quarter)))
    (local.set $twice (f64x2.add (local.get $e) (local.get $e)))
    (local.set $a (f64x2.add (global.get $one) (local.get $twice)))
    (local.set $q (f64x2.mul (local.get $e) (local.get $e)))
    (local.set $d (f64x2.add (local.get $a) (local.get $q)))
    (local.set $a
      (f64x2.add
        (f64x2.add
          (f64x2.sub (local.get $twice) (f64x2.sub (local.get $a) (global.get $one)))
          (f64x2.sub (local.get $q) (f64x2.sub (local.get $d) (local.get $a))))
        (f64x2.mul
          (f64x2.mul (local.get $low) (global.get $half))
          (f64x2.add (global.get $one) (local.get $e)))))
    (local.set $q (f64x2.div (local.get $e4) (local.get $d)))
    (f64x2.add
      (local.get $q)
      (f64x2.div
        (f64x2.sub (local.get $low) (f64x2.mul (local.get $q) (local.get $a)))
        (local.get $d))))

  ;; Both, with the bits that each has alone, from one reduction: what a gradient asks of the same argument.
  (func $tanhAndSechSquared (export "tanhAndSechSquared") (param $x v128) (result v128 v128)
    (local $y v128) (local $w v128) (local $z v128) (local $p v128) (local $m v128) (local $d v128) (local $q v128)
    (local $e v128) (local $low v128) (local $e4 v128) (local $a v128) (local $twice v128)
    (local.set $y (f64x2.mul (v128.or (local.get $x) (global.get $signBit)) (global.get $two)))
    (if (i32.ne (i64x2.bitmask (f64x2.ge (local.get $y) (f64x2.neg (global.get $plain)))) (i32.const 3))
      (then (return (call $tanh (local.get $x)) (call $sechSquared (local.get $x)))))
    (call $reduced (local.get $y))
    (local.set $w)
    (local.set $z)
    (local.set $w (i64x2.shl (local.get $w) (i32.const 52)))
    ;; 4e^(−2|x|) and what it lost
    (local.set $p (f64x2.add (global.get $one) (local.get $z)))
    (local.set $q (f64x2.mul (local.get $w) (global.get $four)))
    (local.set $low
      (f64x2.mul (f64x2.sub (local.get $z) (f64x2.sub (local.get $p) (global.get $one))) (local.get $q)))
    (local.set $e4 (f64x2.mul (local.get $p) (local.get $q)))
    ;; as in tanh
    (local.set $z (f64x2.mul (local.get $z) (local.get $w)))
    (local.set $w (f64x2.sub (local.get $w) (global.get $one)))
    (local.set $m (f64x2.add (local.get $w) (local.get $z)))
    (local.set $z (f64x2.sub (local.get $z) (f64x2.sub (local.get $m) (local.get $w))))
    (local.set $d (f64x2.add (global.get $two) (local.get $m)))
    (local.set $q (f64x2.div (local.get $m) (local.get $d)))
    (v128.bitselect
      (local.get $x)
      (f64x2.add
        (local.get $q)
        (f64x2.mul
          (f64x2.sub
            (local.get $z)
            (f64x2.mul
              (local.get $q)
              (f64x2.add
                (f64x2.sub (local.get $m) (f64x2.sub (local.get $d) (global.get $two)))
                (local.get $z))))
          (f64x2.mul (global.get $half) (f64x2.sub (global.get $one) (local.get $q)))))
      (global.get $signBit))
    ;; as in sechSquared
    (local.set $e (f64x2.mul (local.get $e4) (global.get $quarter)))
    (local.set $twice (f64x2.add (local.get $e) (local.get $e)))
    (local.set $a (f64x2.add (global.get $one) (local.get $twice)))
    (local.set $q (f64x2.mul (local.get $e) (local.get $e)))
    (local.set $d (f64x2.add (local.get $a) (local.get $q)))
    (local.set $a
      (f64x2.add
        (f64x2.add
          (f64x2.sub (local.get $twice) (f64x2.sub (local.get $a) (global.get $one)))
          (f64x2.sub (local.get $q) (f64x2.sub (local.get $d) (local.get $a))))
        (f64x2.mul
          (f64x2.mul (local.get $low) (global.get $half))
          (f64x2.add (global.get $one) (local.get $e)))))
    (local.set $q (f64x2.div (local.get $e4) (local.get $d)))
    (f64x2.add
      (local.get $q)
      (f64x2.div
        (f64x2.sub (local.get $low) (f64x2.mul (local.get $q) (local.get $a)))
        (local.get $d))))

  ;; e/(1 + e) or 1/(1 + e) with e = e^(−|x|). What t = 1 + e lost is given back to first order, where 1 − e/2 is
  ;; near enough to 1/t.
  (func $sigmoid (export "sigmoid") (param $x v128) (result v128)
    (local $e v128) (local $t v128) (local $q v128)
    (local.set $e (call $exp (v128.or (local.get $x) (global.get $signBit))))
    (local.set $t (f64x2.add (global.get $one) (local.get $e)))
    (local.set $q
      (f64x2.div
        (v128.bitselect (local.get $e) (global.get $one) (f64x2.lt (local.get $x) (global.get $zero)))
        (local.get $t)))
    (f64x2.sub
      (local.get $q)
      (f64x2.mul
        (local.get $q)
        (f64x2.mul
          (f64x2.sub (local.get $e) (f64x2.sub (local.get $t) (global.get $one)))
          (f64x2.sub (global.get $one) (f64x2.mul (global.get $half) (local.get $e))))))))
