;; Circular functions of math.wat, and the functions that are left to the scalar ones of the host, lane by lane.
;;
;; |x| = k·π/2 + r in three parts of π/2 (Cody and Waite): the first two have 37 bits, so that their products with k < 2¹⁶
;; are exact and so is the first difference; the second is kept with its rounding error. The double nearest to a multiple
;; of π/2 in this range leaves |r| > 2⁻⁵⁷, of which the third part still gives every bit. Beyond 2¹⁶ the host computes.
(module
  (import "math" "scalarSin" (func $scalarSin (param f64) (result f64)))
  (import "math" "scalarCos" (func $scalarCos (param f64) (result f64)))
  (import "math" "scalarTan" (func $scalarTan (param f64) (result f64)))
  (import "math" "scalarAtan" (func $scalarAtan (param f64) (result f64)))
  (import "math" "scalarAtan2" (func $scalarAtan2 (param f64 f64) (result f64)))
  (import "math" "scalarPow" (func $scalarPow (param f64 f64) (result f64)))

  (global $signBit v128 (v128.const i64x2 0x8000000000000000 0x8000000000000000))
  (global $bit v128 (v128.const i64x2 1 1))
  (global $none v128 (v128.const i64x2 0 0))
  (global $half v128 (v128.const f64x2 0.5 0.5))
  (global $one v128 (v128.const f64x2 1 1))
  (global $near v128 (v128.const f64x2 0x1p16 0x1p16))
  ;; 1.5·2⁵²: adding it rounds to an integer and leaves it in the low bits.
  (global $magic v128 (v128.const f64x2 0x1.8p52 0x1.8p52))
  (global $twoOverPi v128 (v128.const f64x2 0.6366197723675814 0.6366197723675814))
  (global $p1 v128 (v128.const f64x2 0x1.921fb5444p+0 0x1.921fb5444p+0))
  (global $p2 v128 (v128.const f64x2 0x1.68c234c4cp-39 0x1.68c234c4cp-39))
  (global $p3 v128 (v128.const f64x2 0x1.98a2e03707345p-77 0x1.98a2e03707345p-77))

  ;; (1 − sin(r)/r)/z of z = r²
  (global $s0 v128 (v128.const f64x2 0.16666666666666632 0.16666666666666632))
  (global $s1 v128 (v128.const f64x2 -0.0083333333333224 -0.0083333333333224))
  (global $s2 v128 (v128.const f64x2 0.00019841269829795133 0.00019841269829795133))
  (global $s3 v128 (v128.const f64x2 -2.7557313687277953e-06 -2.7557313687277953e-06))
  (global $s4 v128 (v128.const f64x2 2.5050757353144985e-08 2.5050757353144985e-08))
  (global $s5 v128 (v128.const f64x2 -1.5896749539290027e-10 -1.5896749539290027e-10))

  ;; (cos r − 1 + z/2)/z² of z = r²
  (global $c0 v128 (v128.const f64x2 0.0416666666666666 0.0416666666666666))
  (global $c1 v128 (v128.const f64x2 -0.00138888888888741 -0.00138888888888741))
  (global $c2 v128 (v128.const f64x2 2.4801587289466748e-05 2.4801587289466748e-05))
  (global $c3 v128 (v128.const f64x2 -2.7557314347703783e-07 -2.7557314347703783e-07))
  (global $c4 v128 (v128.const f64x2 2.0875722621915515e-09 2.0875722621915515e-09))
  (global $c5 v128 (v128.const f64x2 -1.1359612985856169e-11 -1.1359612985856169e-11))

  ;; sin(x + $turns·π/2) for 0 ≤ x ≤ 2¹⁶, with r + $low for the rest.
  (func $turned (param $x v128) (param $turns v128) (result v128)
    (local $q v128) (local $k v128) (local $w v128) (local $r v128) (local $low v128)
    (local $z v128) (local $z2 v128) (local $odd v128)
    (local.set $q (f64x2.add (f64x2.mul (local.get $x) (global.get $twoOverPi)) (global.get $magic)))
    (local.set $k (f64x2.sub (local.get $q) (global.get $magic)))
    (local.set $q (i64x2.add (local.get $q) (local.get $turns)))
    (local.set $odd (i64x2.sub (global.get $none) (v128.and (local.get $q) (global.get $bit))))
    (local.set $x (f64x2.sub (local.get $x) (f64x2.mul (local.get $k) (global.get $p1))))
    (local.set $w (f64x2.mul (local.get $k) (global.get $p2)))
    (local.set $r (f64x2.sub (local.get $x) (local.get $w)))
    (local.set $low (f64x2.sub (f64x2.sub (local.get $x) (local.get $r)) (local.get $w)))
    (local.set $low (f64x2.sub (local.get $low) (f64x2.mul (local.get $k) (global.get $p3))))
    (local.set $w (local.get $r))
    (local.set $r (f64x2.add (local.get $w) (local.get $low)))
    (local.set $low (f64x2.sub (local.get $low) (f64x2.sub (local.get $r) (local.get $w))))
    (local.set $z (f64x2.mul (local.get $r) (local.get $r)))
    (local.set $z2 (f64x2.mul (local.get $z) (local.get $z)))
    ;; $x is 1 − z/2 from here on.
    (local.set $k (f64x2.mul (global.get $half) (local.get $z)))
    (local.set $x (f64x2.sub (global.get $one) (local.get $k)))
    (v128.xor
      (v128.bitselect
        (f64x2.add
          (local.get $x)
          (f64x2.add
            (f64x2.sub (f64x2.sub (global.get $one) (local.get $x)) (local.get $k))
            (f64x2.sub
              (f64x2.mul
                (local.get $z2)
                (f64x2.add
                  (f64x2.add
                    (f64x2.add (global.get $c0) (f64x2.mul (global.get $c1) (local.get $z)))
                    (f64x2.mul
                      (f64x2.add (global.get $c2) (f64x2.mul (global.get $c3) (local.get $z)))
                      (local.get $z2)))
                  (f64x2.mul
                    (f64x2.add (global.get $c4) (f64x2.mul (global.get $c5) (local.get $z)))
                    (f64x2.mul (local.get $z2) (local.get $z2)))))
              (f64x2.mul (local.get $r) (local.get $low)))))
        (f64x2.sub
          (local.get $r)
          (f64x2.sub
            (f64x2.mul
              (f64x2.mul (local.get $r) (local.get $z))
              (f64x2.add
                (f64x2.add
                  (f64x2.add (global.get $s0) (f64x2.mul (global.get $s1) (local.get $z)))
                  (f64x2.mul
                    (f64x2.add (global.get $s2) (f64x2.mul (global.get $s3) (local.get $z)))
                    (local.get $z2)))
                (f64x2.mul
                  (f64x2.add (global.get $s4) (f64x2.mul (global.get $s5) (local.get $z)))
                  (f64x2.mul (local.get $z2) (local.get $z2)))))
            (f64x2.mul (local.get $low) (local.get $x))))
        (local.get $odd))
      (v128.and (i64x2.shl (local.get $q) (i32.const 62)) (global.get $signBit))))

  ;; The sign of x is put on at the end, which keeps −0.
  (func $sin (export "sin") (param $x v128) (result v128)
    (local $y v128) (local $inside v128)
    (local.set $y (v128.andnot (local.get $x) (global.get $signBit)))
    (local.set $inside (f64x2.le (local.get $y) (global.get $near)))
    (local.set $y
      (v128.xor
        (call $turned (local.get $y) (global.get $none))
        (v128.and (local.get $x) (global.get $signBit))))
    (if (i32.ne (i64x2.bitmask (local.get $inside)) (i32.const 3))
      (then
        (local.set $y
          (v128.bitselect
            (local.get $y)
            (f64x2.replace_lane 1
              (f64x2.splat (call $scalarSin (f64x2.extract_lane 0 (local.get $x))))
              (call $scalarSin (f64x2.extract_lane 1 (local.get $x))))
            (local.get $inside)))))
    (local.get $y))

  (func $cos (export "cos") (param $x v128) (result v128)
    (local $y v128) (local $inside v128)
    (local.set $y (v128.andnot (local.get $x) (global.get $signBit)))
    (local.set $inside (f64x2.le (local.get $y) (global.get $near)))
    (local.set $y (call $turned (local.get $y) (global.get $bit)))
    (if (i32.ne (i64x2.bitmask (local.get $inside)) (i32.const 3))
      (then
        (local.set $y
          (v128.bitselect
            (local.get $y)
            (f64x2.replace_lane 1
              (f64x2.splat (call $scalarCos (f64x2.extract_lane 0 (local.get $x))))
              (call $scalarCos (f64x2.extract_lane 1 (local.get $x))))
            (local.get $inside)))))
    (local.get $y))

  (func $tan (export "tan") (param $x v128) (result v128)
    (f64x2.replace_lane 1
      (f64x2.splat (call $scalarTan (f64x2.extract_lane 0 (local.get $x))))
      (call $scalarTan (f64x2.extract_lane 1 (local.get $x)))))

  (func $atan (export "atan") (param $x v128) (result v128)
    (f64x2.replace_lane 1
      (f64x2.splat (call $scalarAtan (f64x2.extract_lane 0 (local.get $x))))
      (call $scalarAtan (f64x2.extract_lane 1 (local.get $x)))))

  (func $atan2 (export "atan2") (param $x v128) (param $y v128) (result v128)
    (f64x2.replace_lane 1
      (f64x2.splat
        (call $scalarAtan2 (f64x2.extract_lane 0 (local.get $x)) (f64x2.extract_lane 0 (local.get $y))))
      (call $scalarAtan2 (f64x2.extract_lane 1 (local.get $x)) (f64x2.extract_lane 1 (local.get $y)))))

  (func $pow (export "pow") (param $x v128) (param $y v128) (result v128)
    (f64x2.replace_lane 1
      (f64x2.splat
        (call $scalarPow (f64x2.extract_lane 0 (local.get $x)) (f64x2.extract_lane 0 (local.get $y))))
      (call $scalarPow (f64x2.extract_lane 1 (local.get $x)) (f64x2.extract_lane 1 (local.get $y))))))
