;; erf, sinh and cosh for math.wat: near 0 a polynomial whose last addition alone rounds at full size, exp beyond.
(module
  (import "math" "exp" (func $exp (param v128) (result v128)))
  (import "math" "expPair" (func $expPair (param v128 v128) (result v128 v128)))

  (global $signBit v128 (v128.const i64x2 0x8000000000000000 0x8000000000000000))
  (global $quarter v128 (v128.const f64x2 0.25 0.25))
  (global $half v128 (v128.const f64x2 0.5 0.5))
  (global $one v128 (v128.const f64x2 1 1))
  (global $oneAndHalf v128 (v128.const f64x2 1.5 1.5))
  (global $three v128 (v128.const f64x2 3 3))
  (global $six v128 (v128.const f64x2 6 6))

  ;; Beyond, sinh and cosh are infinite.
  (global $most v128 (v128.const f64x2 711 711))

  ;; (sinh(x)/x − 1)/z of z = x² ≤ 1
  (global $h0 v128 (v128.const f64x2 0.16666666666666669 0.16666666666666669))
  (global $h1 v128 (v128.const f64x2 0.008333333333333148 0.008333333333333148))
  (global $h2 v128 (v128.const f64x2 0.00019841269841432266 0.00019841269841432266))
  (global $h3 v128 (v128.const f64x2 2.755731915694065e-06 2.755731915694065e-06))
  (global $h4 v128 (v128.const f64x2 2.5052123158534708e-08 2.5052123158534708e-08))
  (global $h5 v128 (v128.const f64x2 1.6057258002454024e-10 1.6057258002454024e-10))
  (global $h6 v128 (v128.const f64x2 7.758804285298321e-13 7.758804285298321e-13))

  ;; erf(x)/x − 1 of z = x² ≤ 1
  (global $a0 v128 (v128.const f64x2 0.12837916709551256 0.12837916709551256))
  (global $a1 v128 (v128.const f64x2 -0.3761263890318352 -0.3761263890318352))
  (global $a2 v128 (v128.const f64x2 0.11283791670944134 0.11283791670944134))
  (global $a3 v128 (v128.const f64x2 -0.02686617064310284 -0.02686617064310284))
  (global $a4 v128 (v128.const f64x2 0.0052239776060453115 0.0052239776060453115))
  (global $a5 v128 (v128.const f64x2 -0.0008548325925710456 -0.0008548325925710456))
  (global $a6 v128 (v128.const f64x2 0.00012055293466574542 0.00012055293466574542))
  (global $a7 v128 (v128.const f64x2 -1.4924710138860813e-05 -1.4924710138860813e-05))
  (global $a8 v128 (v128.const f64x2 1.6447104389279198e-06 1.6447104389279198e-06))
  (global $a9 v128 (v128.const f64x2 -1.6206102105403372e-07 -1.6206102105403372e-07))
  (global $a10 v128 (v128.const f64x2 1.3710050815873303e-08 1.3710050815873303e-08))
  (global $a11 v128 (v128.const f64x2 -7.777708474993314e-10 -7.777708474993314e-10))

  ;; exp(x²)·erfc(x) of t = (x − 1.5)/(x + 3) for 1 ≤ x ≤ 6, made with the weight exp(−x²)
  (global $b0 v128 (v128.const f64x2 0.3215854164543175 0.3215854164543175))
  (global $b1 v128 (v128.const f64x2 -0.7363031297965156 -0.7363031297965156))
  (global $b2 v128 (v128.const f64x2 0.805755427276961 0.805755427276961))
  (global $b3 v128 (v128.const f64x2 -0.653014761076488 -0.653014761076488))
  (global $b4 v128 (v128.const f64x2 0.3729321796775504 0.3729321796775504))
  (global $b5 v128 (v128.const f64x2 -0.12659685138046586 -0.12659685138046586))
  (global $b6 v128 (v128.const f64x2 0.004488028066822476 0.004488028066822476))
  (global $b7 v128 (v128.const f64x2 0.016276917145766873 0.016276917145766873))
  (global $b8 v128 (v128.const f64x2 -0.0038798571355638492 -0.0038798571355638492))
  (global $b9 v128 (v128.const f64x2 -0.002315642918299429 -0.002315642918299429))
  (global $b10 v128 (v128.const f64x2 0.0008381960716218201 0.0008381960716218201))
  (global $b11 v128 (v128.const f64x2 0.0003601213993177747 0.0003601213993177747))

  ;; x + x·A(x²) up to 1, and 1 − exp(−x²)·B(t) beyond, which is 1 from 6 on.
  (func $erf (export "erf") (param $x v128) (result v128)
    (local $y v128) (local $t v128) (local $t2 v128) (local $t4 v128) (local $tail v128)
    (local.set $y (f64x2.pmin (v128.andnot (local.get $x) (global.get $signBit)) (global.get $six)))
    (local.set $t
      (f64x2.div
        (f64x2.sub (local.get $y) (global.get $oneAndHalf))
        (f64x2.add (local.get $y) (global.get $three))))
    (local.set $t2 (f64x2.mul (local.get $t) (local.get $t)))
    (local.set $t4 (f64x2.mul (local.get $t2) (local.get $t2)))
    (local.set $tail
      (f64x2.add
        (f64x2.add
          (f64x2.add (global.get $b0) (f64x2.mul (global.get $b1) (local.get $t)))
          (f64x2.mul
            (f64x2.add (global.get $b2) (f64x2.mul (global.get $b3) (local.get $t)))
            (local.get $t2)))
        (f64x2.mul
          (f64x2.add
            (f64x2.add
              (f64x2.add (global.get $b4) (f64x2.mul (global.get $b5) (local.get $t)))
              (f64x2.mul
                (f64x2.add (global.get $b6) (f64x2.mul (global.get $b7) (local.get $t)))
                (local.get $t2)))
            (f64x2.mul
              (f64x2.add
                (f64x2.add (global.get $b8) (f64x2.mul (global.get $b9) (local.get $t)))
                (f64x2.mul
                  (f64x2.add (global.get $b10) (f64x2.mul (global.get $b11) (local.get $t)))
                  (local.get $t2)))
              (local.get $t4)))
          (local.get $t4))))
    (local.set $t (f64x2.mul (local.get $y) (local.get $y)))
    (local.set $t2 (f64x2.mul (local.get $t) (local.get $t)))
    (local.set $t4 (f64x2.mul (local.get $t2) (local.get $t2)))
    (v128.bitselect
      (f64x2.add
        (local.get $x)
        (f64x2.mul
          (local.get $x)
          (f64x2.add
            (f64x2.add
              (f64x2.add (global.get $a0) (f64x2.mul (global.get $a1) (local.get $t)))
              (f64x2.mul
                (f64x2.add (global.get $a2) (f64x2.mul (global.get $a3) (local.get $t)))
                (local.get $t2)))
            (f64x2.mul
              (f64x2.add
                (f64x2.add
                  (f64x2.add (global.get $a4) (f64x2.mul (global.get $a5) (local.get $t)))
                  (f64x2.mul
                    (f64x2.add (global.get $a6) (f64x2.mul (global.get $a7) (local.get $t)))
                    (local.get $t2)))
                (f64x2.mul
                  (f64x2.add
                    (f64x2.add (global.get $a8) (f64x2.mul (global.get $a9) (local.get $t)))
                    (f64x2.mul
                      (f64x2.add (global.get $a10) (f64x2.mul (global.get $a11) (local.get $t)))
                      (local.get $t2)))
                  (local.get $t4)))
              (local.get $t4)))))
      (v128.bitselect
        (local.get $x)
        (f64x2.sub
          (global.get $one)
          (f64x2.mul (call $exp (f64x2.neg (local.get $t))) (local.get $tail)))
        (global.get $signBit))
      (f64x2.lt (local.get $y) (global.get $one))))

  ;; h + 1/(4h) with h = e^|x|/2 as an unevaluated sum.
  (func $cosh (export "cosh") (param $x v128) (result v128)
    (local $h v128) (local $low v128)
    (call $expPair
      (f64x2.pmin (v128.andnot (local.get $x) (global.get $signBit)) (global.get $most))
      (global.get $half))
    (local.set $low)
    (local.set $h)
    (f64x2.add (local.get $h) (f64x2.add (f64x2.div (global.get $quarter) (local.get $h)) (local.get $low))))

  ;; x + x·z·H(z) up to 1, and h − 1/(4h) beyond.
  (func $sinh (export "sinh") (param $x v128) (result v128)
    (local $y v128) (local $h v128) (local $low v128) (local $z v128) (local $z2 v128)
    (local.set $y (f64x2.pmin (v128.andnot (local.get $x) (global.get $signBit)) (global.get $most)))
    (call $expPair (local.get $y) (global.get $half))
    (local.set $low)
    (local.set $h)
    (local.set $z (f64x2.mul (local.get $y) (local.get $y)))
    (local.set $z2 (f64x2.mul (local.get $z) (local.get $z)))
    (v128.bitselect
      (f64x2.add
        (local.get $x)
        (f64x2.mul
          (local.get $x)
          (f64x2.mul
            (local.get $z)
            (f64x2.add
              (f64x2.add
                (f64x2.add (global.get $h0) (f64x2.mul (global.get $h1) (local.get $z)))
                (f64x2.mul
                  (f64x2.add (global.get $h2) (f64x2.mul (global.get $h3) (local.get $z)))
                  (local.get $z2)))
              (f64x2.mul
                (f64x2.add
                  (f64x2.add (global.get $h4) (f64x2.mul (global.get $h5) (local.get $z)))
                  (f64x2.mul (global.get $h6) (local.get $z2)))
                (f64x2.mul (local.get $z2) (local.get $z2)))))))
      (v128.bitselect
        (local.get $x)
        (f64x2.add
          (local.get $h)
          (f64x2.sub (local.get $low) (f64x2.div (global.get $quarter) (local.get $h))))
        (global.get $signBit))
      (f64x2.lt (local.get $y) (global.get $one)))))
