;; One pass over the lower triangle of a symmetric matrix: A <- A - v·wᵀ - w·vᵀ, and p <- p + A·u with the new A.
;; Doing both at once reads the triangle once for each Householder step; the pass is what tridiagonalisation costs.
;; Rows are taken in pairs: below an even row every pair of columns is whole, and the 2×2 corner is done by itself.
(module
  (memory (export "memory") 1)

  ;; Entry at $at less $v·(entry of w) and $w·(entry of v), stored and returned.
  (func $entry (param $at i32) (param $vRow f64) (param $wRow f64) (param $v i32) (param $w i32) (result f64)
    (local $x f64)
    (local.set $x
      (f64.sub
        (f64.sub (f64.load (local.get $at)) (f64.mul (local.get $vRow) (f64.load (local.get $w))))
        (f64.mul (local.get $wRow) (f64.load (local.get $v)))))
    (f64.store (local.get $at) (local.get $x))
    (local.get $x))

  ;; p[r] += both lanes of $s + $extra
  (func $gather (param $p i32) (param $s v128) (param $extra f64)
    (f64.store (local.get $p)
      (f64.add (f64.load (local.get $p))
        (f64.add (local.get $extra)
          (f64.add (f64x2.extract_lane 0 (local.get $s)) (f64x2.extract_lane 1 (local.get $s)))))))

  (func $pair (param $a i32) (param $rowBytes i32) (param $at i32) (param $v i32) (param $w i32) (param $u i32) (param $p i32)
    (local $b i32) (local $end i32)
    (local $v0 v128) (local $v1 v128) (local $w0 v128) (local $w1 v128) (local $u0 v128) (local $u1 v128)
    (local $s0 v128) (local $s1 v128) (local $x0 v128) (local $x1 v128) (local $vc v128) (local $wc v128)
    (local $x f64) (local $y f64) (local $z f64) (local $ur f64) (local $us f64)
    (local.set $b (i32.add (local.get $a) (local.get $rowBytes)))
    (local.set $end (i32.add (local.get $a) (local.get $at)))
    (local.set $v0 (v128.load64_splat (i32.add (local.get $v) (local.get $at))))
    (local.set $v1 (v128.load64_splat offset=8 (i32.add (local.get $v) (local.get $at))))
    (local.set $w0 (v128.load64_splat (i32.add (local.get $w) (local.get $at))))
    (local.set $w1 (v128.load64_splat offset=8 (i32.add (local.get $w) (local.get $at))))
    (local.set $u0 (v128.load64_splat (i32.add (local.get $u) (local.get $at))))
    (local.set $u1 (v128.load64_splat offset=8 (i32.add (local.get $u) (local.get $at))))
    (block $done
      (br_if $done (i32.eqz (local.get $at)))
      (loop $columns
        (local.set $vc (v128.load (local.get $v)))
        (local.set $wc (v128.load (local.get $w)))
        (local.set $x0
          (f64x2.sub
            (f64x2.sub (v128.load (local.get $a)) (f64x2.mul (local.get $v0) (local.get $wc)))
            (f64x2.mul (local.get $w0) (local.get $vc))))
        (local.set $x1
          (f64x2.sub
            (f64x2.sub (v128.load (local.get $b)) (f64x2.mul (local.get $v1) (local.get $wc)))
            (f64x2.mul (local.get $w1) (local.get $vc))))
        (v128.store (local.get $a) (local.get $x0))
        (v128.store (local.get $b) (local.get $x1))
        (local.set $vc (v128.load (local.get $u)))
        (local.set $s0 (f64x2.add (local.get $s0) (f64x2.mul (local.get $x0) (local.get $vc))))
        (local.set $s1 (f64x2.add (local.get $s1) (f64x2.mul (local.get $x1) (local.get $vc))))
        (v128.store (local.get $p)
          (f64x2.add (v128.load (local.get $p))
            (f64x2.add
              (f64x2.mul (local.get $x0) (local.get $u0)) (f64x2.mul (local.get $x1) (local.get $u1)))))
        (local.set $a (i32.add (local.get $a) (i32.const 16)))
        (local.set $b (i32.add (local.get $b) (i32.const 16)))
        (local.set $v (i32.add (local.get $v) (i32.const 16)))
        (local.set $w (i32.add (local.get $w) (i32.const 16)))
        (local.set $u (i32.add (local.get $u) (i32.const 16)))
        (local.set $p (i32.add (local.get $p) (i32.const 16)))
        (br_if $columns (i32.ne (local.get $a) (local.get $end)))))
    ;; The corner: x = A[r, r], y = A[r+1, r], z = A[r+1, r+1]; every pointer now stands at column r.
    (local.set $x (call $entry (local.get $a)
      (f64x2.extract_lane 0 (local.get $v0)) (f64x2.extract_lane 0 (local.get $w0)) (local.get $v) (local.get $w)))
    (local.set $y (call $entry (local.get $b)
      (f64x2.extract_lane 0 (local.get $v1)) (f64x2.extract_lane 0 (local.get $w1)) (local.get $v) (local.get $w)))
    (local.set $z (call $entry (i32.add (local.get $b) (i32.const 8))
      (f64x2.extract_lane 0 (local.get $v1)) (f64x2.extract_lane 0 (local.get $w1))
      (i32.add (local.get $v) (i32.const 8)) (i32.add (local.get $w) (i32.const 8))))
    (local.set $ur (f64x2.extract_lane 0 (local.get $u0)))
    (local.set $us (f64x2.extract_lane 0 (local.get $u1)))
    (call $gather (local.get $p) (local.get $s0)
      (f64.add (f64.mul (local.get $x) (local.get $ur)) (f64.mul (local.get $y) (local.get $us))))
    (call $gather (i32.add (local.get $p) (i32.const 8)) (local.get $s1)
      (f64.add (f64.mul (local.get $y) (local.get $ur)) (f64.mul (local.get $z) (local.get $us)))))

  ;; The last row when their number is odd.
  (func $single (param $a i32) (param $at i32) (param $v i32) (param $w i32) (param $u i32) (param $p i32)
    (local $end i32) (local $v0 v128) (local $w0 v128) (local $u0 v128) (local $s0 v128) (local $x0 v128)
    (local.set $end (i32.add (local.get $a) (local.get $at)))
    (local.set $v0 (v128.load64_splat (i32.add (local.get $v) (local.get $at))))
    (local.set $w0 (v128.load64_splat (i32.add (local.get $w) (local.get $at))))
    (local.set $u0 (v128.load64_splat (i32.add (local.get $u) (local.get $at))))
    (block $done
      (br_if $done (i32.eqz (local.get $at)))
      (loop $columns
        (local.set $x0
          (f64x2.sub
            (f64x2.sub (v128.load (local.get $a)) (f64x2.mul (local.get $v0) (v128.load (local.get $w))))
            (f64x2.mul (local.get $w0) (v128.load (local.get $v)))))
        (v128.store (local.get $a) (local.get $x0))
        (local.set $s0 (f64x2.add (local.get $s0) (f64x2.mul (local.get $x0) (v128.load (local.get $u)))))
        (v128.store (local.get $p)
          (f64x2.add (v128.load (local.get $p)) (f64x2.mul (local.get $x0) (local.get $u0))))
        (local.set $a (i32.add (local.get $a) (i32.const 16)))
        (local.set $v (i32.add (local.get $v) (i32.const 16)))
        (local.set $w (i32.add (local.get $w) (i32.const 16)))
        (local.set $u (i32.add (local.get $u) (i32.const 16)))
        (local.set $p (i32.add (local.get $p) (i32.const 16)))
        (br_if $columns (i32.ne (local.get $a) (local.get $end)))))
    (call $gather (local.get $p) (local.get $s0)
      (f64.mul (f64x2.extract_lane 0 (local.get $u0))
        (call $entry (local.get $a)
          (f64x2.extract_lane 0 (local.get $v0)) (f64x2.extract_lane 0 (local.get $w0))
          (local.get $v) (local.get $w)))))

  (func (export "sweep")
    (param $rows i32) (param $a i32) (param $rowBytes i32) (param $v i32) (param $w i32) (param $u i32) (param $p i32)
    (local $at i32) (local $end i32)
    (local.set $end (i32.shl (i32.and (local.get $rows) (i32.const -2)) (i32.const 3)))
    (block $done
      (br_if $done (i32.eqz (local.get $end)))
      (loop $pairs
        (call $pair
          (local.get $a) (local.get $rowBytes) (local.get $at)
          (local.get $v) (local.get $w) (local.get $u) (local.get $p))
        (local.set $a (i32.add (local.get $a) (i32.shl (local.get $rowBytes) (i32.const 1))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br_if $pairs (i32.ne (local.get $at) (local.get $end)))))
    (if (i32.and (local.get $rows) (i32.const 1))
      (then
        (call $single
          (local.get $a) (local.get $at) (local.get $v) (local.get $w) (local.get $u) (local.get $p))))))
