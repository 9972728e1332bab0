;; Softmax cross-entropy of logits z + b, a row at a time while the row is in the nearest cache. Labels sum to one in each row, and
;; the number of columns is even. Addresses and $bytes, the length of a row, are in bytes; $rows counts down.
(module
  (import "env" "memory" (memory 1))
  (import "math" "exp" (func $exp (param v128) (result v128)))
  (import "math" "log" (func $log (param v128) (result v128)))

  ;; Both lanes of a vector exchanged.
  (func $swap (param $x v128) (result v128)
    (i8x16.shuffle 8 9 10 11 12 13 14 15 0 1 2 3 4 5 6 7 (local.get $x) (local.get $x)))

  (func $clear (param $at i32) (param $bytes i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $at) (local.get $bytes)))
    (loop $entries
      (v128.store (local.get $at) (v128.const i64x2 0 0))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $entries (i32.lt_u (local.get $at) (local.get $end)))))

  ;; t <- z + b; the largest entry, in both lanes.
  (func $shift (param $z i32) (param $b i32) (param $bytes i32) (param $t i32) (result v128)
    (local $i i32) (local $x v128) (local $most v128)
    (local.set $most (v128.const f64x2 -inf -inf))
    (loop $entries
      (local.set $x
        (f64x2.add
          (v128.load (i32.add (local.get $z) (local.get $i)))
          (v128.load (i32.add (local.get $b) (local.get $i)))))
      (v128.store (i32.add (local.get $t) (local.get $i)) (local.get $x))
      (local.set $most (f64x2.max (local.get $most) (local.get $x)))
      (local.set $i (i32.add (local.get $i) (i32.const 16)))
      (br_if $entries (i32.lt_u (local.get $i) (local.get $bytes))))
    (f64x2.max (local.get $most) (call $swap (local.get $most))))

  ;; $at[0] <- scale·Σ (log Σ exp(z + b) - Σ y·(z + b)); t is room for one row.
  (func (export "loss") (param $rows i32) (param $bytes i32)
    (param $z i32) (param $b i32) (param $y i32) (param $scale f64) (param $t i32) (param $at i32)
    (local $i i32) (local $x v128) (local $most v128) (local $sum v128) (local $dot v128) (local $total v128)
    (loop $eachRow
      (local.set $most (call $shift (local.get $z) (local.get $b) (local.get $bytes) (local.get $t)))
      (local.set $sum (v128.const i64x2 0 0))
      (local.set $dot (v128.const i64x2 0 0))
      (local.set $i (i32.const 0))
      (loop $entries
        (local.set $x (f64x2.sub (v128.load (i32.add (local.get $t) (local.get $i))) (local.get $most)))
        (local.set $dot
          (f64x2.add (local.get $dot)
            (f64x2.mul (local.get $x) (v128.load (i32.add (local.get $y) (local.get $i))))))
        (local.set $sum (f64x2.add (local.get $sum) (call $exp (local.get $x))))
        (local.set $i (i32.add (local.get $i) (i32.const 16)))
        (br_if $entries (i32.lt_u (local.get $i) (local.get $bytes))))
      (local.set $sum (call $log (f64x2.add (local.get $sum) (call $swap (local.get $sum)))))
      (local.set $dot (f64x2.add (local.get $dot) (call $swap (local.get $dot))))
      (local.set $total (f64x2.add (local.get $total) (f64x2.sub (local.get $sum) (local.get $dot))))
      (local.set $z (i32.add (local.get $z) (local.get $bytes)))
      (local.set $y (i32.add (local.get $y) (local.get $bytes)))
      (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
      (br_if $eachRow (local.get $rows)))
    (f64.store (local.get $at) (f64.mul (local.get $scale) (f64x2.extract_lane 0 (local.get $total)))))

  ;; p <- softmax(z + b), d <- scale·(p - y), sums <- Σ over rows of d.
  (func (export "point") (param $rows i32) (param $bytes i32)
    (param $z i32) (param $b i32) (param $y i32) (param $scale f64) (param $p i32) (param $d i32) (param $sums i32)
    (local $i i32) (local $x v128) (local $most v128) (local $sum v128) (local $factor v128)
    (local.set $factor (f64x2.splat (local.get $scale)))
    (call $clear (local.get $sums) (local.get $bytes))
    (loop $eachRow
      (local.set $most (call $shift (local.get $z) (local.get $b) (local.get $bytes) (local.get $p)))
      (local.set $sum (v128.const i64x2 0 0))
      (local.set $i (i32.const 0))
      (loop $exponentials
        (local.set $x
          (call $exp (f64x2.sub (v128.load (i32.add (local.get $p) (local.get $i))) (local.get $most))))
        (v128.store (i32.add (local.get $p) (local.get $i)) (local.get $x))
        (local.set $sum (f64x2.add (local.get $sum) (local.get $x)))
        (local.set $i (i32.add (local.get $i) (i32.const 16)))
        (br_if $exponentials (i32.lt_u (local.get $i) (local.get $bytes))))
      (local.set $sum
        (f64x2.div (v128.const f64x2 1 1) (f64x2.add (local.get $sum) (call $swap (local.get $sum)))))
      (local.set $i (i32.const 0))
      (loop $entries
        (local.set $x (f64x2.mul (v128.load (i32.add (local.get $p) (local.get $i))) (local.get $sum)))
        (v128.store (i32.add (local.get $p) (local.get $i)) (local.get $x))
        (local.set $x
          (f64x2.mul (local.get $factor)
            (f64x2.sub (local.get $x) (v128.load (i32.add (local.get $y) (local.get $i))))))
        (v128.store (i32.add (local.get $d) (local.get $i)) (local.get $x))
        (v128.store (i32.add (local.get $sums) (local.get $i))
          (f64x2.add (v128.load (i32.add (local.get $sums) (local.get $i))) (local.get $x)))
        (local.set $i (i32.add (local.get $i) (i32.const 16)))
        (br_if $entries (i32.lt_u (local.get $i) (local.get $bytes))))
      (local.set $z (i32.add (local.get $z) (local.get $bytes)))
      (local.set $y (i32.add (local.get $y) (local.get $bytes)))
      (local.set $p (i32.add (local.get $p) (local.get $bytes)))
      (local.set $d (i32.add (local.get $d) (local.get $bytes)))
      (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
      (br_if $eachRow (local.get $rows))))

  ;; Along ż = v + w + c: ḋ <- scale·p·(ż - Σ p·ż), sums <- Σ over rows of ḋ.
  (func (export "tangent") (param $rows i32) (param $bytes i32)
    (param $v i32) (param $w i32) (param $c i32) (param $scale f64) (param $p i32) (param $d i32) (param $sums i32)
    (local $i i32) (local $x v128) (local $sum v128) (local $factor v128)
    (local.set $factor (f64x2.splat (local.get $scale)))
    (call $clear (local.get $sums) (local.get $bytes))
    (loop $eachRow
      (local.set $sum (v128.const i64x2 0 0))
      (local.set $i (i32.const 0))
      (loop $means
        (local.set $x
          (f64x2.add
            (f64x2.add
              (v128.load (i32.add (local.get $v) (local.get $i)))
              (v128.load (i32.add (local.get $w) (local.get $i))))
            (v128.load (i32.add (local.get $c) (local.get $i)))))
        (v128.store (i32.add (local.get $d) (local.get $i)) (local.get $x))
        (local.set $sum
          (f64x2.add (local.get $sum)
            (f64x2.mul (local.get $x) (v128.load (i32.add (local.get $p) (local.get $i))))))
        (local.set $i (i32.add (local.get $i) (i32.const 16)))
        (br_if $means (i32.lt_u (local.get $i) (local.get $bytes))))
      (local.set $sum (f64x2.add (local.get $sum) (call $swap (local.get $sum))))
      (local.set $i (i32.const 0))
      (loop $entries
        (local.set $x
          (f64x2.mul
            (f64x2.mul (local.get $factor) (v128.load (i32.add (local.get $p) (local.get $i))))
            (f64x2.sub (v128.load (i32.add (local.get $d) (local.get $i))) (local.get $sum))))
        (v128.store (i32.add (local.get $d) (local.get $i)) (local.get $x))
        (v128.store (i32.add (local.get $sums) (local.get $i))
          (f64x2.add (v128.load (i32.add (local.get $sums) (local.get $i))) (local.get $x)))
        (local.set $i (i32.add (local.get $i) (i32.const 16)))
        (br_if $entries (i32.lt_u (local.get $i) (local.get $bytes))))
      (local.set $v (i32.add (local.get $v) (local.get $bytes)))
      (local.set $w (i32.add (local.get $w) (local.get $bytes)))
      (local.set $p (i32.add (local.get $p) (local.get $bytes)))
      (local.set $d (i32.add (local.get $d) (local.get $bytes)))
      (local.set $rows (i32.sub (local.get $rows) (i32.const 1)))
      (br_if $eachRow (local.get $rows)))))
