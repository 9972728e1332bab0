;; Y <- Vᵀ·Y for Y of n×8, row-major, with V = Q·G in factors: first the reflectors of Q from the last row of the
;; reduction up, then the plane rotations of G in the order in which they were made. Eight columns go together, so
;; that every angle and reflector read from memory is used eight times; four v128 registers hold a row of Y.
(module
  (memory (export "memory") 1)

  ;; Y <- (I - τ·v·vᵀ)·Y for v of $count entries.
  (func $reflect (param $v i32) (param $count i32) (param $tau f64) (param $y i32)
    (local $at i32) (local $row i32) (local $end i32) (local $x v128)
    (local $s0 v128) (local $s1 v128) (local $s2 v128) (local $s3 v128)
    (local.set $at (local.get $v))
    (local.set $row (local.get $y))
    (local.set $end (i32.add (local.get $v) (i32.shl (local.get $count) (i32.const 3))))
    (loop $dot
      (local.set $x (v128.load64_splat (local.get $at)))
      (local.set $s0 (f64x2.add (local.get $s0) (f64x2.mul (local.get $x) (v128.load (local.get $row)))))
      (local.set $s1 (f64x2.add (local.get $s1) (f64x2.mul (local.get $x) (v128.load offset=16 (local.get $row)))))
      (local.set $s2 (f64x2.add (local.get $s2) (f64x2.mul (local.get $x) (v128.load offset=32 (local.get $row)))))
      (local.set $s3 (f64x2.add (local.get $s3) (f64x2.mul (local.get $x) (v128.load offset=48 (local.get $row)))))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (local.set $row (i32.add (local.get $row) (i32.const 64)))
      (br_if $dot (i32.ne (local.get $at) (local.get $end))))
    (local.set $x (f64x2.splat (local.get $tau)))
    (local.set $s0 (f64x2.mul (local.get $s0) (local.get $x)))
    (local.set $s1 (f64x2.mul (local.get $s1) (local.get $x)))
    (local.set $s2 (f64x2.mul (local.get $s2) (local.get $x)))
    (local.set $s3 (f64x2.mul (local.get $s3) (local.get $x)))
    (local.set $at (local.get $v))
    (local.set $row (local.get $y))
    (loop $subtract
      (local.set $x (v128.load64_splat (local.get $at)))
      (v128.store (local.get $row)
        (f64x2.sub (v128.load (local.get $row)) (f64x2.mul (local.get $x) (local.get $s0))))
      (v128.store offset=16 (local.get $row)
        (f64x2.sub (v128.load offset=16 (local.get $row)) (f64x2.mul (local.get $x) (local.get $s1))))
      (v128.store offset=32 (local.get $row)
        (f64x2.sub (v128.load offset=32 (local.get $row)) (f64x2.mul (local.get $x) (local.get $s2))))
      (v128.store offset=48 (local.get $row)
        (f64x2.sub (v128.load offset=48 (local.get $row)) (f64x2.mul (local.get $x) (local.get $s3))))
      (local.set $at (i32.add (local.get $at) (i32.const 8)))
      (local.set $row (i32.add (local.get $row) (i32.const 64)))
      (br_if $subtract (i32.ne (local.get $at) (local.get $end)))))

  ;; $count rotations of the rows at $row (the lower of the first pair) and above it; $angles holds cos, sin of each.
  (func $rotate (param $angles i32) (param $count i32) (param $row i32)
    (local $end i32) (local $cos v128) (local $sin v128) (local $x v128)
    (local $f0 v128) (local $f1 v128) (local $f2 v128) (local $f3 v128)
    (local.set $f0 (v128.load (local.get $row)))
    (local.set $f1 (v128.load offset=16 (local.get $row)))
    (local.set $f2 (v128.load offset=32 (local.get $row)))
    (local.set $f3 (v128.load offset=48 (local.get $row)))
    (local.set $end (i32.add (local.get $angles) (i32.shl (local.get $count) (i32.const 4))))
    (loop $planes
      (local.set $cos (v128.load64_splat (local.get $angles)))
      (local.set $sin (v128.load64_splat offset=8 (local.get $angles)))
      (local.set $row (i32.sub (local.get $row) (i32.const 64)))
      (local.set $x (v128.load (local.get $row)))
      (v128.store offset=64 (local.get $row)
        (f64x2.add (f64x2.mul (local.get $sin) (local.get $x)) (f64x2.mul (local.get $cos) (local.get $f0))))
      (local.set $f0
        (f64x2.sub (f64x2.mul (local.get $cos) (local.get $x)) (f64x2.mul (local.get $sin) (local.get $f0))))
      (local.set $x (v128.load offset=16 (local.get $row)))
      (v128.store offset=80 (local.get $row)
        (f64x2.add (f64x2.mul (local.get $sin) (local.get $x)) (f64x2.mul (local.get $cos) (local.get $f1))))
      (local.set $f1
        (f64x2.sub (f64x2.mul (local.get $cos) (local.get $x)) (f64x2.mul (local.get $sin) (local.get $f1))))
      (local.set $x (v128.load offset=32 (local.get $row)))
      (v128.store offset=96 (local.get $row)
        (f64x2.add (f64x2.mul (local.get $sin) (local.get $x)) (f64x2.mul (local.get $cos) (local.get $f2))))
      (local.set $f2
        (f64x2.sub (f64x2.mul (local.get $cos) (local.get $x)) (f64x2.mul (local.get $sin) (local.get $f2))))
      (local.set $x (v128.load offset=48 (local.get $row)))
      (v128.store offset=112 (local.get $row)
        (f64x2.add (f64x2.mul (local.get $sin) (local.get $x)) (f64x2.mul (local.get $cos) (local.get $f3))))
      (local.set $f3
        (f64x2.sub (f64x2.mul (local.get $cos) (local.get $x)) (f64x2.mul (local.get $sin) (local.get $f3))))
      (local.set $angles (i32.add (local.get $angles) (i32.const 16)))
      (br_if $planes (i32.ne (local.get $angles) (local.get $end))))
    (v128.store (local.get $row) (local.get $f0))
    (v128.store offset=16 (local.get $row) (local.get $f1))
    (v128.store offset=32 (local.get $row) (local.get $f2))
    (v128.store offset=48 (local.get $row) (local.get $f3)))

  ;; $steps pairs of i32, the plane of the first rotation and their number, lie at $runs.
  (func (export "project")
    (param $n i32) (param $reflectors i32) (param $tau i32)
    (param $runs i32) (param $steps i32) (param $angles i32) (param $y i32)
    (local $i i32) (local $count i32) (local $end i32)
    (local.set $i (i32.sub (local.get $n) (i32.const 1)))
    (loop $rows
      (if (i32.gt_s (local.get $i) (i32.const 0))
        (then
          (call $reflect
            (i32.add (local.get $reflectors)
              (i32.shl (i32.mul (local.get $i) (local.get $n)) (i32.const 3)))
            (local.get $i)
            (f64.load (i32.add (local.get $tau) (i32.shl (local.get $i) (i32.const 3))))
            (local.get $y))
          (local.set $i (i32.sub (local.get $i) (i32.const 1)))
          (br $rows))))
    (local.set $end (i32.add (local.get $runs) (i32.shl (local.get $steps) (i32.const 3))))
    (loop $replay
      (if (i32.ne (local.get $runs) (local.get $end))
        (then
          (local.set $count (i32.load offset=4 (local.get $runs)))
          (if (local.get $count)
            (then
              (call $rotate (local.get $angles) (local.get $count)
                (i32.add (local.get $y)
                  (i32.shl (i32.add (i32.load (local.get $runs)) (i32.const 1)) (i32.const 6))))))
          (local.set $angles (i32.add (local.get $angles) (i32.shl (local.get $count) (i32.const 4))))
          (local.set $runs (i32.add (local.get $runs) (i32.const 8)))
          (br $replay))))))
