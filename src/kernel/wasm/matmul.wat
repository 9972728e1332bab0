;; C <- op(A)·op(B) on Float64 matrices in linear memory, row-major, with 4×4 tiles of C in eight v128 registers.
;;
;; B is packed into panels of four columns, 256 steps of p and 256 columns at a time (the block stays in the L2 cache
;; and a panel in L1); A is packed four rows at a time. The order of the loads and the single step of p in $tile keep
;; every accumulator in a register; two steps at once would spill. Each entry of C takes its terms in the order
;; p = 0, 1, …, one multiplication and one addition each, and a later block of p goes on from the stored partial sum:
;; so the result has the bits of the naive triple loop.
;;
;; Edges need no code. Rows of C are stored ceil4(n) apart and there are ceil4(m) of them; the loads beyond an operand
;; read whatever lies there, and only reach entries of C outside of m×n. At the end the rows are moved together.
;; The caller reserves, in doubles: A ceil4(m)·k + 4, B k·ceil4(n) + 4, C ceil4(m)·ceil4(n), scratch 256·260 + 16.
;;
;; `tiles` is a part of a product, for threads that share one: rows $i0 to $i1 and columns $jStart to $jEnd of C, all of them
;; multiples of four or beyond the end, still ceil4(n) apart. Parts that do not overlap, each with a scratch of its own, may
;; run at once; when all are done, `compact` moves the rows together.
(module
  (memory (export "memory") 1)

  ;; A 4×4 tile of C from a[4p + i] and b[4p + j], p < count: from zero when $fresh, else added to what is there.
  (func $tile (param $a i32) (param $b i32) (param $count i32) (param $c i32) (param $cRow i32) (param $fresh i32)
    (local $c1 i32) (local $c2 i32) (local $c3 i32) (local $end i32)
    (local $b0 v128) (local $b1 v128) (local $x v128)
    (local $s00 v128) (local $s01 v128)
    (local $s10 v128) (local $s11 v128)
    (local $s20 v128) (local $s21 v128)
    (local $s30 v128) (local $s31 v128)
    (local.set $c1 (i32.add (local.get $c) (local.get $cRow)))
    (local.set $c2 (i32.add (local.get $c1) (local.get $cRow)))
    (local.set $c3 (i32.add (local.get $c2) (local.get $cRow)))
    (if (i32.eqz (local.get $fresh))
      (then
        (local.set $s00 (v128.load (local.get $c)))
        (local.set $s01 (v128.load offset=16 (local.get $c)))
        (local.set $s10 (v128.load (local.get $c1)))
        (local.set $s11 (v128.load offset=16 (local.get $c1)))
        (local.set $s20 (v128.load (local.get $c2)))
        (local.set $s21 (v128.load offset=16 (local.get $c2)))
        (local.set $s30 (v128.load (local.get $c3)))
        (local.set $s31 (v128.load offset=16 (local.get $c3)))
      ))
    (local.set $end (i32.add (local.get $b) (i32.shl (local.get $count) (i32.const 5))))
    (loop $steps
      (local.set $b0 (v128.load (local.get $b)))
      (local.set $b1 (v128.load offset=16 (local.get $b)))
      (local.set $x (v128.load64_splat (local.get $a)))
      (local.set $s00 (f64x2.add (local.get $s00) (f64x2.mul (local.get $x) (local.get $b0))))
      (local.set $s01 (f64x2.add (local.get $s01) (f64x2.mul (local.get $x) (local.get $b1))))
      (local.set $x (v128.load64_splat offset=8 (local.get $a)))
      (local.set $s10 (f64x2.add (local.get $s10) (f64x2.mul (local.get $x) (local.get $b0))))
      (local.set $s11 (f64x2.add (local.get $s11) (f64x2.mul (local.get $x) (local.get $b1))))
      (local.set $x (v128.load64_splat offset=16 (local.get $a)))
      (local.set $s20 (f64x2.add (local.get $s20) (f64x2.mul (local.get $x) (local.get $b0))))
      (local.set $s21 (f64x2.add (local.get $s21) (f64x2.mul (local.get $x) (local.get $b1))))
      (local.set $x (v128.load64_splat offset=24 (local.get $a)))
      (local.set $s30 (f64x2.add (local.get $s30) (f64x2.mul (local.get $x) (local.get $b0))))
      (local.set $s31 (f64x2.add (local.get $s31) (f64x2.mul (local.get $x) (local.get $b1))))
      (local.set $a (i32.add (local.get $a) (i32.const 32)))
      (local.set $b (i32.add (local.get $b) (i32.const 32)))
      (br_if $steps (i32.ne (local.get $b) (local.get $end))))
    (v128.store (local.get $c) (local.get $s00))
    (v128.store offset=16 (local.get $c) (local.get $s01))
    (v128.store (local.get $c1) (local.get $s10))
    (v128.store offset=16 (local.get $c1) (local.get $s11))
    (v128.store (local.get $c2) (local.get $s20))
    (v128.store offset=16 (local.get $c2) (local.get $s21))
    (v128.store (local.get $c3) (local.get $s30))
    (v128.store offset=16 (local.get $c3) (local.get $s31)))

  ;; Copies $count steps of four contiguous doubles, $stride bytes apart, to $to.
  (func $packContiguous (param $from i32) (param $stride i32) (param $count i32) (param $to i32)
    (local $end i32)
    (local.set $end (i32.add (local.get $to) (i32.shl (local.get $count) (i32.const 5))))
    (loop $steps
      (v128.store (local.get $to) (v128.load (local.get $from)))
      (v128.store offset=16 (local.get $to) (v128.load offset=16 (local.get $from)))
      (local.set $from (i32.add (local.get $from) (local.get $stride)))
      (local.set $to (i32.add (local.get $to) (i32.const 32)))
      (br_if $steps (i32.lt_u (local.get $to) (local.get $end)))))

  ;; The same for four rows $stride bytes apart: to[4p + i] = row i at p, two steps at once (an odd end writes one more).
  (func $packTransposed (param $from i32) (param $stride i32) (param $count i32) (param $to i32)
    (local $from1 i32) (local $from2 i32) (local $from3 i32) (local $end i32)
    (local $x0 v128) (local $x1 v128) (local $x2 v128) (local $x3 v128)
    (local.set $from1 (i32.add (local.get $from) (local.get $stride)))
    (local.set $from2 (i32.add (local.get $from1) (local.get $stride)))
    (local.set $from3 (i32.add (local.get $from2) (local.get $stride)))
    (local.set $end (i32.add (local.get $to) (i32.shl (local.get $count) (i32.const 5))))
    (loop $steps
      (local.set $x0 (v128.load (local.get $from)))
      (local.set $x1 (v128.load (local.get $from1)))
      (local.set $x2 (v128.load (local.get $from2)))
      (local.set $x3 (v128.load (local.get $from3)))
      (v128.store (local.get $to)
        (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $x0) (local.get $x1)))
      (v128.store offset=16 (local.get $to)
        (i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 (local.get $x2) (local.get $x3)))
      (v128.store offset=32 (local.get $to)
        (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $x0) (local.get $x1)))
      (v128.store offset=48 (local.get $to)
        (i8x16.shuffle 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31 (local.get $x2) (local.get $x3)))
      (local.set $from (i32.add (local.get $from) (i32.const 16)))
      (local.set $from1 (i32.add (local.get $from1) (i32.const 16)))
      (local.set $from2 (i32.add (local.get $from2) (i32.const 16)))
      (local.set $from3 (i32.add (local.get $from3) (i32.const 16)))
      (local.set $to (i32.add (local.get $to) (i32.const 64)))
      (br_if $steps (i32.lt_u (local.get $to) (local.get $end)))))

  ;; Moves the rows of C from $stride doubles apart to $n apart, front to back; a copy may spill into the next row's
  ;; place, which is written after it.
  (func $compact (export "compact") (param $m i32) (param $n i32) (param $stride i32) (param $c i32)
    (local $i i32) (local $from i32) (local $to i32) (local $end i32)
    (loop $rows
      (local.set $from (i32.add (local.get $c) (i32.shl (i32.mul (local.get $i) (local.get $stride)) (i32.const 3))))
      (local.set $to (i32.add (local.get $c) (i32.shl (i32.mul (local.get $i) (local.get $n)) (i32.const 3))))
      (local.set $end (i32.add (local.get $from) (i32.shl (local.get $n) (i32.const 3))))
      (loop $entries
        (v128.store (local.get $to) (v128.load (local.get $from)))
        (local.set $from (i32.add (local.get $from) (i32.const 16)))
        (local.set $to (i32.add (local.get $to) (i32.const 16)))
        (br_if $entries (i32.lt_u (local.get $from) (local.get $end))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $rows (i32.lt_u (local.get $i) (local.get $m)))))

  (func $tiles (export "tiles")
    (param $m i32) (param $n i32) (param $k i32)
    (param $a i32) (param $transposeA i32) (param $b i32) (param $transposeB i32) (param $c i32) (param $scratch i32)
    (param $i0 i32) (param $i1 i32) (param $jStart i32) (param $jEnd i32)
    (local $n4 i32) (local $cRow i32) (local $p0 i32) (local $kc i32) (local $j0 i32) (local $j1 i32)
    (local $i i32) (local $j i32) (local $panel i32) (local $panelBytes i32) (local $packedA i32) (local $tile i32)
    (local.set $n4 (i32.and (i32.add (local.get $n) (i32.const 3)) (i32.const -4)))
    (local.set $cRow (i32.shl (local.get $n4) (i32.const 3)))
    (local.set $packedA (local.get $scratch))
    (local.set $scratch (i32.add (local.get $scratch) (i32.const 8256)))
    (loop $blocksOfP
      (local.set $kc (i32.sub (local.get $k) (local.get $p0)))
      (if (i32.gt_u (local.get $kc) (i32.const 256)) (then (local.set $kc (i32.const 256))))
      (local.set $panelBytes (i32.shl (local.get $kc) (i32.const 5)))
      (local.set $j0 (local.get $jStart))
      (loop $blocksOfJ
        (local.set $j1 (i32.add (local.get $j0) (i32.const 256)))
        (if (i32.gt_u (local.get $j1) (local.get $jEnd)) (then (local.set $j1 (local.get $jEnd))))

        (local.set $j (local.get $j0))
        (local.set $panel (local.get $scratch))
        (loop $panels
          (if (local.get $transposeB)
            (then
              (call $packTransposed
                (i32.add (local.get $b)
                  (i32.shl (i32.add (i32.mul (local.get $j) (local.get $k)) (local.get $p0)) (i32.const 3)))
                (i32.shl (local.get $k) (i32.const 3)) (local.get $kc) (local.get $panel)))
            (else
              (call $packContiguous
                (i32.add (local.get $b)
                  (i32.shl (i32.add (i32.mul (local.get $p0) (local.get $n)) (local.get $j)) (i32.const 3)))
                (i32.shl (local.get $n) (i32.const 3)) (local.get $kc) (local.get $panel))))
          (local.set $panel (i32.add (local.get $panel) (local.get $panelBytes)))
          (local.set $j (i32.add (local.get $j) (i32.const 4)))
          (br_if $panels (i32.lt_u (local.get $j) (local.get $j1))))

        (local.set $i (local.get $i0))
        (loop $rows
          (local.set $j (local.get $j0))
          (local.set $panel (local.get $scratch))
          (if (local.get $transposeA)
            (then
              (call $packContiguous
                (i32.add (local.get $a)
                  (i32.shl (i32.add (i32.mul (local.get $p0) (local.get $m)) (local.get $i)) (i32.const 3)))
                (i32.shl (local.get $m) (i32.const 3)) (local.get $kc) (local.get $packedA)))
            (else
              (call $packTransposed
                (i32.add (local.get $a)
                  (i32.shl (i32.add (i32.mul (local.get $i) (local.get $k)) (local.get $p0)) (i32.const 3)))
                (i32.shl (local.get $k) (i32.const 3)) (local.get $kc) (local.get $packedA))))
          (local.set $tile
            (i32.add (local.get $c)
              (i32.shl (i32.add (i32.mul (local.get $i) (local.get $n4)) (local.get $j0)) (i32.const 3))))
          (loop $tiles
            (call $tile
              (local.get $packedA) (local.get $panel) (local.get $kc) (local.get $tile) (local.get $cRow)
              (i32.eqz (local.get $p0)))
            (local.set $panel (i32.add (local.get $panel) (local.get $panelBytes)))
            (local.set $tile (i32.add (local.get $tile) (i32.const 32)))
            (local.set $j (i32.add (local.get $j) (i32.const 4)))
            (br_if $tiles (i32.lt_u (local.get $j) (local.get $j1))))
          (local.set $i (i32.add (local.get $i) (i32.const 4)))
          (br_if $rows (i32.lt_u (local.get $i) (local.get $i1))))

        (local.set $j0 (local.get $j1))
        (br_if $blocksOfJ (i32.lt_u (local.get $j0) (local.get $jEnd))))
      (local.set $p0 (i32.add (local.get $p0) (local.get $kc)))
      (br_if $blocksOfP (i32.lt_u (local.get $p0) (local.get $k)))))

  (func (export "matmul")
    (param $m i32) (param $n i32) (param $k i32)
    (param $a i32) (param $transposeA i32) (param $b i32) (param $transposeB i32) (param $c i32) (param $scratch i32)
    (local $n4 i32)
    (local.set $n4 (i32.and (i32.add (local.get $n) (i32.const 3)) (i32.const -4)))
    (call $tiles
      (local.get $m) (local.get $n) (local.get $k) (local.get $a) (local.get $transposeA)
      (local.get $b) (local.get $transposeB) (local.get $c) (local.get $scratch)
      (i32.const 0) (local.get $m) (i32.const 0) (local.get $n4))
    (if (i32.ne (local.get $n) (local.get $n4))
      (then (call $compact (local.get $m) (local.get $n) (local.get $n4) (local.get $c))))))
