import { gunzipSync } from "node:zlib";
import { type Bytes, decodeBase64 } from "../../../../src/bytes.ts";

/**
 * Archives of one directory by real tars, compressed by gzip. Not every format
 * can hold every file of it.
 */
const ARCHIVES = {
  // GNU tar 1.34, --format=gnu -S.
  "gnu":
    "H4sIAAAAAAACA+3aWW7bVhQAUOWv6Cq4gcocHsnfZp6c0ZknwIHVxogiGbaCpn8FuonuogtogX" +
    "5kJ/0vuoOmrJGisWzacQFS9tM5PxQo4z7oXt6rR8rDlUHn0kZdlrvHxvxx93UW0rQKeVpUeXO+" +
    "rtNqkJSDHrzdma1vJ8lgezqdHfZ3R71/Sg1XvtpY33nVef2rEA6pf9hb/yytsnqQpOrfuc6Lzw" +
    "nv//Xh7N2s6/4PdZkd0v/lvv6vSv3fh1ej8XiqDZa4/zc6s/J/939FForS/q+f+g9Xvl6dTr5d" +
    "3Zy8XtD+L6+zPddCmmVVWgySVfU/3f3f/WjhFNT/+PM/r4vM/F+W+R/yYP6b/75azH/zfwnnf1" +
    "0cMP9r89/8X0jobyJxoub/sX7/aeZ/7vlvLzZGoy13wct8/z96szX7vtM1ju7/dPDhoz/SL35I" +
    "s1AWlf7vp/6v1rc3Bl3X/4jf/+b2/83+r7ldSLI+fpxU/+l4tLPw/t9b/5A1W4JkbSn6f/fzF8" +
    "2eJ+zNSCcLnMj7v+yg33+a+//r5n/nZgti53VS5v+4af5xd83/sf/ruv78+R/S7J///8n7uBCX" +
    "/vt/Mvruy6b+o0V+/+fz+7+8Dvb/fZiMzcDlnv8nYP9XpvP7v7L2/L+v+d8HjbbE9T/+8/9Qe/" +
    "7Xj3HW3GmzxP2/tbk16naN4z//S8vmkFT6v4f672ytb++MFlb/otpf/zwP1XI9/20u+f8y88nr" +
    "vOV8aDlf7T9/ZvfxS8izUKYHr561rJ61rJ61rJ5VB5/PW+LnLfHzlvh5S/yiJX7REr9oiV+0xA" +
    "8t8UNL/NASP7TEL1vily3xy5b4ZUv86oD4Zz7tzZZ1qpZ1qpZ16pbPUbfE//ei7ORXDz7L2bNn" +
    "JQEAAAAid+7cOUkAAACAyJ0/f14SAAAAIHIXLlyQBAAAAIjcxYsXJQEAAAAid+nSJUkAAACAyF" +
    "2+fFkSAAAAIHJXrlyRBAAAAIjc1atXJQEAAAAid+3aNUkAAACAyF2/fl0SAAAAIHKrq6uSAAAA" +
    "AJG7ceOGJAAAAEDkbt68KQkAAAAQuVu3bkkCAAAARO727duSAAAAAJG7c+eOJAAAAEDk7t69Kw" +
    "kAAAAQubW1NUkAAACAyN27d08SAAAAIHL379+XBAAAAIjcgwcPJAEAAAAi9/DhQ0kAAACAyD16" +
    "9EgSAAAAIHKPHz+WBAAAAIjckydPJAEAAAAi9/TpU0kAAACAyD179kwSAAAAIHLPnz+XBAAAAI" +
    "jcixcvJAEAAAAiN1zZeftypds10kZdprvHxvxx93UW0rQKeVpU+SDN0lDng6TsIwFvd2br20ky" +
    "2J5OZ4f93VHvn+r6v+y8/lUIh9S/mq9/VdSDJFX/zm1OkuYCMAeXe/6PNyevO57/dX2M+Z+Xzd" +
    "dFkg+HK+vD2buZ/u+w/u9/nbz/Ofn9px8XOP+L+fqHujT/e/n4k01DcKnn/5+//PZy+max+7/5" +
    "/s9257/+717HpefE9/+Hv7pe4+j+z/bd/9VB//fhnRYAAAAAAAAAAAA4lf4Gr9AP3QBYAgA=",
  // GNU tar 1.34, --format=posix -S (sparse 1.0).
  "posix":
    "H4sIAAAAAAACA+3cW3IiRxaAYZ5ZBRtolCevVQ966Lv6rr7fO6LawiPGCBRAhzXz6k14F16AJ2" +
    "IevBNvwDuwJxFg04VaDOGulCj+76EpFRRIJznnVFJJt3f2i5O9TnHQGY522o1KqMhbe3oblW+V" +
    "aNsQO3mMVsbrhhJlbGi0ThoJfBqNi2H8VRrbSdvW0bh71NkVL9poJ8q3Q5Y3jWoV0/0hd3lmTJ" +
    "B2HBdrs/iwyb3fLN2rgvNKTGg2sDHaO9W/xiTHg3NfzP/J9uf5L1r5RsulzP/hYDA+73Gr7i//" +
    "cRsz/gv1/8pBMTq8DPV/Ov7U/0tW//+s8GfXf21EixXq/0bV/4qSfo38V6qc/1oknv+plPm/pf" +
    "W/8sHH5vT/oj0+GV+O/u8U/Z/+j+rzv6Kk/zz/bXByTv93S/3fO/p/CoedXm9AGtD/J/3/oBpr" +
    "9//YRyb5T/+n/6Pq/D+ozM5Ca1zr81+jg3F8/rvx4z9rLavqv9V+qf4bS/1PQXLbOi7Gh7uVvh" +
    "EqfOomHezS5v/C+d969d/GgaD+12n8z6v/zstS/Q+c/6c5/8/cZtd/Wgv1n/q/yfVfVDij/mvq" +
    "fwqW+v/Fp/62Jpgi4TKf/y+t/4n9X3P9L4mDTueYLNjm/F+4/tc5Oh7/6+u/xsrrf8p/NhdQIk" +
    "b4/DfN/F/NTg2uGHFecq1UU89PCxb2cTJQ1/yvKOnXyP+lbdFaC/0/ef0/LIYHFzD+Z6z/FMP6" +
    "zzT1n6nhltf/ipL+8/xfsf6z/P2/eN4R53+SYnEq9X+h/g96nVH6+q/Ln//G8q/5/nea+q9btx" +
    "8+b4+Oi+Go0z4q/jkY7kqztLfbj3vjvCAs7u0Xsf63p++ZSUNYuGvYKXqj7r9jezgd3/U+fzRO" +
    "Zz7Lc5pMmvyP4/b0dNhudXudtpY42/vKhWDl9Z+l+u+Mspz/pyDNWY4qMmo783+h//cG/X/0uv" +
    "3vEvd/Y3T5+z+K+V+i/De2NRny02vA4wvCBcoLzP+Kkr6U/yGE/3/+Z8VOvv+jU7z3mP/9Vf/7" +
    "ne+b8a3QufjP/zzf/7qEn/+JCrk1zlB5a1T/K0r6NfI/vnPK538uMP9Lot8jB5j/zft/NVbO/8" +
    "r//4Mxiu//JZr/iZmv/+2n0OSE47L1/8qtv/7Ta+Pp/yn0RAlZQP8/7f/H3eMqpgEr5//il9b/" +
    "8P+/Xez8P+4vvtCmacS1yv+Kkn6t+b9auv4Tb1qe/p+2/k+XbyQffx1Muf471v8nqv/rrP/Jzl" +
    "j/M/2paeTsBUB5cCpTzPoub/6ftf7n6xaCc/Pf+LPW/7i4i/lfAkaaVuV++o/PvdHTTTFOfDbd" +
    "ju+IoOxs23tt1XTbGAlhdqjJQ0zL2XN5ndnZsU5nJpsd63KT69mx3uXWzY4N2ub57NiQq3jIdD" +
    "tzPr4nptu5Fq9mx+ZZEDM7VuLDfZj/0iKZVtn8h8wEOztc4kvoTM3/NrGZzJ/AZJMlh7MfrHVZ" +
    "Nn8CJ2L1/AlciNGZP0F8p9p50CTEAvdn2EIwbh63+AvkMg+c5Mr6eeTmZfHiF11dvXqVIggAAA" +
    "AAQM1du3aNIAAAAAAAUHPXr18nCAAAAAAA1NyNGzcIAgAAAAAANXfz5k2CAAAAAABAzd26dYsg" +
    "AAAAAABQc7dv3yYIAAAAAADU3N7eHkEAAAAAAKDm7ty5QxAAAAAAAKi5u3fvEgQAAAAAAGru3r" +
    "17BAEAAAAAgJq7f/8+QQAAAAAAoOYePHhAEAAAAAAAqLmHDx8SBAAAAAAAau7Ro0cEAQAAAACA" +
    "mtvf3ycIAAAAAADU3OPHjwkCAAAAAAA19+TJE4IAAAAAAEDNPX36lCAAAAAAAFBzz549IwgAAA" +
    "AAANTc8+fPCQIAAAAAADX34sULggAAAAAAQM29fPmSIAAAAAAAUHOvXr0iCAAAAAAA1Nzr168J" +
    "AgAAAAAANffmzRuCAAAAAABAzb19+5YgAAAAAABQc+/evSMIAAAAAADU3Pv37wkCAAAAAAA19+" +
    "HDB4IAAAAAAEDNtXf2i5O9TnHQGY52Rp8+VvEaKvLWnt5G5Vsl2jbETh6jlfG6oUSUMo3WSYoA" +
    "fBqNi2H8VbZ0/LVtHY27R51d8aKNdqJ8O2R506hWMd0fcpdnxgRpK1Eht8aZyb3fLN2rgvNKTG" +
    "iSVZuU/zHpd6p9jUmOB6e+mP+T7VL+h6AbLZcy/4eDwfi8x626v/zHbdT4L/SAj9WM/5r1X8dd" +
    "1P8Nq//aiBYr1P+Nq/8fK32NVfkf7y3lv46nEY2WSpn/W1r/u/1WRWf92Mj+3+v2v7v4/h+sov" +
    "/T/5Em/ytI+vL8L4Q15n9WxeliS7fbO0V7fDKm/1c4/gu1/5f/9H/5qfXrjz8krv+uPP4mblP/" +
    "k9R/1Touxoe77b8Gv0lP2Kb6X1HSrzX/M+X8D8Ex/0vy5/e7JMFW5/9C///t5/9+HBwlz3+xbu" +
    "nzH8v1vyQkzPv/dPBp/tuW/xUl/d/r/6fzP/p/9SoeemxS///j9wvJ/9gilq7/ekf/T9L/zbz/" +
    "//E7vX8b87+ipF+r/8vS+X+w9P8UTkgBAAAAYGv8DwU1utsAgAIA",
  // GNU tar 1.34, --sparse-version=0.0.
  "pax0.0":
    "H4sIAAAAAAACA+3WyW4TWRQGYK/9FH4Cc4caF1kwJkwhDGEGyYBRIxLcShkp8PRdhO4WBASdao" +
    "hE8X2bsnzq2K6/fM+t+ZmdxeHWcvFiedCd6f5cHHTLyY8WelVRHB17x4+5zHkSiw/npJCrNAkx" +
    "lrGazA4np+Btt14c9D9l8ntK9Wxze3f+8c7Pu1fvlxuxrcvQhOnnpTdv95/trZ6/7jZynKbq09" +
    "Lq5ctuud4oQltNU3O86d162f1dq7/SVbVVTt9ua77SFnP/F2lO3pdCqEMxoK+qUhFO3pdzrOtq" +
    "QF9b5zggl6JKTTEglzI1uRmQS9nmNg3IpSrbohyQS52Kth2QS92G/hJP3teUVT+XTt7XpliFAb" +
    "m0TR3zd3Jpv7Ye+sur6jSgMcYmhWZIY5ProhjQ2N/C1IQBjTkWTRwSTm76XWZIOEVRNs2QcMoY" +
    "izQknLLuJ+KQcPrds2iHhFP3wz4PCaeuc1kNCafJbQxDwmlDURVDwvlnSyu/2tgXitn++tV+v/" +
    "lVMeVUxlDN66ad5jBbfHy/bsu2ybmO8xBD3Rb9U8uH6vMvqiH1gzsWcfpL7P8/6ZHvvz//5ero" +
    "9efPfynVYTILp/n8d7Barb913vfqxy/uF3H27NkJAAAAMG7nzp0TAgAAAIzc+fPnhQAAAAAjd+" +
    "HCBSEAAADAyF28eFEIAAAAMHKXLl0SAgAAAIzc5uamEAAAAGDktra2hAAAAAAjd/nyZSEAAADA" +
    "yF25ckUIAAAAMHJXr14VAgAAAIzctWvXhAAAAAAjd/36dSEAAADAyG1vbwsBAAAARu7GjRtCAA" +
    "AAgJHb2dkRAgAAAIzczZs3hQAAAAAjd+vWLSEAAADAyN2+fVsIAAAAMHJ37twRAgAAAIzc7u6u" +
    "EAAAAGDk7t69KwQAAAAYuXv37gkBAAAARu7+/ftCAAAAgJF78OCBEAAAAGDkHj58KAQAAAAYuU" +
    "ePHgkBAAAARu7x48dCAAAAgJF78uSJEAAAAGDknj59KgQAAAAYufmZncXh1nLxYnnQnfljtbfs" +
    "fvx3hF5VFEfH3vFjSHU5icWHc1LIVZqEGHPOk9nhaQTwtlsvDvqf8pve/1TNNrd3592fi4NuOe" +
    "9evV9uxKObMv288ubt/rO91fPX3UacpubTyurly265/rerPN71br3sNvpCMdtfv9rvP76KKacy" +
    "hmpeN+00h9ni4/t1W7ZNznWch1ympmrao+rzL6oh5ZhiEaeW7//2k5b8idb/h9efr/8U6mIyC6" +
    "e5/g9Wq/W3zvte/fjF/YrzfzFfH65P//7HVByf/6kM5v+pzP+TjOVQl1WIuTaWR+MnLfnj67+o" +
    "y/iN+V9+Mf9zMP9PZf9f7u2tLAMAAAAYtb8AOxlYEAAIAgA=",
  // GNU tar 1.34, --sparse-version=0.1.
  "pax0.1":
    "H4sIAAAAAAACA+3VW08TWxgG4F73V/QHmLIOc7zgwhPgCVHEsyYVm0gEMRQT4q/fYw87gglmJ2" +
    "wSx+e5YBZds1an7+r3dby2Mznbmk4+Tk9ma7Ovk5PZdHDVQqcqivm1c/Eau8lBLH7ck0Ku0iDE" +
    "WMY8GJ0NrsG32enkpHuUwd8p1aPN7b3x4uTHs4Pv0/XY1mVowvD81JdvRx8Oj/c/z9ZzHKbq3N" +
    "TkaLq+GA+7Y/x56mjydb0IbXVj/qdqq5wWw5jLWDWLcQqhDsVyXFWpCItxzrGul0tzW+e4XFtU" +
    "qSmWa8vU5Ga5tmxzm5Zrq7ItyuXaOhVtu1xbt6Fbshg3ZdV95xbjNsUqLNe2TR3zcm3sbq/q1U" +
    "PH2KTQrP5pcl0sl8fuLVITVp8tFk1cbZCbkMvVBkVRNs1qgzLGIq02KOsundUGXSUUq9Bi3R3G" +
    "v7HVdS5XuXUP0MZVcLENRbVKbnmEN7pDLEZHpwfd+cQqppzKrtjGddMOcxhNFq/Xbdk2Oddx3F" +
    "Vi3Ra5zD9m93+ZDak7gVjE4YDeGK911bo7L9aNg8PpOMUUyiv+Ibi0/+dqPj7f/8syFINRuM7+" +
    "f3J8fHrZfb+bv/jh/hA3b95UBAAAANBzt27dEgIAAAD03O3bt4UAAAAAPXfnzh0hAAAAQM/dvX" +
    "tXCAAAANBzGxsbQgAAAICe29zcFAIAAAD03NbWlhAAAACg5+7duycEAAAA6Ln79+8LAQAAAHru" +
    "wYMHQgAAAICee/jwoRAAAACg5x49eiQEAAAA6Lnt7W0hAAAAQM89fvxYCAAAANBzOzs7QgAAAI" +
    "Cee/LkiRAAAACg554+fSoEAAAA6Lnd3V0hAAAAQM89e/ZMCAAAANBze3t7QgAAAICee/78uRAA" +
    "AACg5168eCEEAAAA6LmXL18KAQAAAHru1atXQgAAAICee/36tRAAAACg5968eSMEAAAA6Lm3b9" +
    "8KAQAAAHru3bt3QgAAAICee//+vRAAAACg58ZrO5Ozrenk4/Rktvbp+HA6u/r3CJ2qKObXzsVr" +
    "SHUxiMWPe1LIVRqEGHNOg9HZdQTwbXY6Oeke5S89/1SNNrf3xrOvk5PZdDw7+D5dj/NDGZ6f+f" +
    "Lt6MPh8f7n2XocpvLczORouj7/5gxT/fPE0eTrcq8b3W7F6Oj0oLszVjHlVMZQjeumHeYwmixe" +
    "r9uybXKu4zjkMjVV085n93+ZDSnHFIs4VL1XUf/die3OD2zj4HA6TjGF8oobwe/q/8f4fP2XOY" +
    "bBKFxn/Z8cH59edt/v5i9+uD+x/0/Gp2en19//Y/ql/6cy6P/X0v//S18OdVmFmGt9uTf+p5K/" +
    "WP9FXcZL+n95of67q/5/LT5NDw+PlQEAAAAA9NI/1aBJgAAIAgA=",
  // GNU tar 1.34, --format=ustar.
  "ustar":
    "H4sIAAAAAAACA+3Zz23CMBQG8Jw7hRdoYjv+M08iohI1dRAElXuX6BYdoJV6YJMu0A3aGo6ORF" +
    "rU54D8/S4GgRTg5bOfTV5k5LhntT6OXjgeHwvFuVGSl0ZmXAjJTcZ0FsF2M1Rr/1HWfT+cet/U" +
    "6+GXuxJ5cbuoNkvy+hulTtRfBfWXQtiMcdSfHHnx4cLzX+XDbqDOv7JanMi/HuXfaOQ/hmXTdT" +
    "1ikHD+F2SKc/u/UtpSo/+Lsv6TV/+M+mul+LXXnzJY/5r/ZbVe0P7E0+t/uP8rhb9dmIjRnCS/" +
    "/+t6d9e17p54/2/t7+uvhDr0f3KIIPn6u+bxxte/mXP/L8P+X1uF/j8G16EHTrv/X7WrhvYa0/" +
    "kP13/J/cAM8h+h/pttXdDX32r+l/N/ayX2f/HqX8+cfzM6/ytx/h9F65i/AbAOprv+H/J/Yfs/" +
    "/8QvF0zmEQ4Akp//929u/8I+np9mnP/L8PzHWvz/E8XWtZgEk57/P1/f6/5h3v5vlP/j/I/80y" +
    "MuPVx8/r+/qK8xnX8x2v/h/DeOHSIAAAAAAAAAAAAAAAAAAAAAAABwlX4AOs1IxwBQAAA=",
  // GNU tar 1.34, --format=v7.
  "v7":
    "H4sIAAAAAAACA+3YTU7CQBjG8a49RS9gO99zHhqIEOuQCET2XsJbeABNXHATL+AN1AnLIakfyQ" +
    "w0/f82EHb04Xl5Z5q2yk5E3trja5S+Ht9LI4QzSmin4udOWl/VthqR9MuNRNNez2ebZfZH44wZ" +
    "yN8k+XshRVVX5J9d9vBx4f2fNdv9Nnc1jLdyoP/2pP/W0f8Slou+X1ODCfd/nk373/1PeS8c+1" +
    "+Z/Jez+3n2R/PD/E/yl0KqmL8s8ec0+fz7dbjpV+E28/nP+9/nr53RMX+1LWDy+YfFw1XMf3HO" +
    "859K9z/jLPtfCaFnB5r2/rfZdW3+angr/nL/541m/yuXf5f90QzPf3dy/tfc/xWxCnX8ATAHpz" +
    "3/L2z/l1IoGff/ZkQHwNHO/8NrODzX70+PZ5z/Oj3/O8f9bxG7sGIITnr+f7y8deu78+5/Ot3/" +
    "vJH0v4TM0ePi+//1WaIaw/2XJ+c/7v/K2FMBAAAAAAAAAAAAAAAAAACAUfkGIQkj4QBQAAA=",
  // busybox 1.35.
  "busybox":
    "H4sIAAAAAAACA+2bTW7bMBCFue4peIFKHP7Ntvv6Ejas1EYVybAVJFnnEr1FD9ACXeQmuUBv0F" +
    "ZygaKRGrtakJLD9zYSbMGC8fS+4ZBUlovgUq3YueOxVf94PCdnlCFllTPt58zKCOlEBN0cmuVe" +
    "SrGv6+bUdee+v1Bl+ePX6vGzfPr0ENR/b+0J/40g212jlfFaKNKWnZAK/of/+9VWQOkqy3fbXR" +
    "Ge/6fzr3r5V649SI/8R/D/+5dvq/p6Wv/7/CfnFPgfQ4Gth2af/+J619xPzv9n56RYE/Ifx//D" +
    "zSpwD/i7/1Nj6r9ljf4vnv+rifPv+/57w8h/DG0r2T4AqIPp1v8u/+W2+hiY/8wj+K+P43+dZf" +
    "kya+4a5D+g/2/Xy8NmYv7bAf8J/I+i4OZDM89/Vdy+aflfTJl/3Z//0WyR/xiqSmQg7fxn+btF" +
    "XX1YhBsCvpD7P/kn158LYnYk5CJm/tPlfwwhaAn7P3r8bywbj/ofQyUpQgpQ/yet/0zD+m+EfI" +
    "/6H1zNRELy5pL/sg3/zOZ/rSLvhNQxHsTk5383y/067D26AV7X0L3svxvs/7LY/xlFm6Isa2Aw" +
    "Yf6vgyn/m//n9v8/6//IGof9H6mM//W/xv8O838Xn//waIEuwP/x/NdsCPxPhf9WW/Af/EdpAf" +
    "/B/wT5z2bIf4/1f/B/mp++eiWaFf/Hrf9r1pj/jaJ1UezQBafc/wd/w+I/1n/673+Q7/o/irE4" +
    "lfz47+eP0Pc4z38avP+B/d9xdAcEQhAEJalf0d8WqABQAAA=",
  // bsdtar 3.6.2, --format=pax --read-sparse.
  "bsdpax":
    "H4sIAAAAAAACA+3dXVLbWBbAcT9OeRXaQIv7faUHqiZfQBJCSAj5TqqUoB7c4w/Kdqrpfpqq2U" +
    "TvohcwUzUPvZN5n5oddOYa24SWCeAMkrH8/1EFtoRsc67PObqWbHaz4608O8j7ax8/9ft5d3jQ" +
    "6jeumRDCWxuNfgbFn0JIZSJphHBGCe1UJKSVwjWi40YFPg2GWT88lH6vN7zo9y5bX/zjloQW0c" +
    "dhq5OvS5/aNNHay3g0XE5I7ZthbTazVgpjEql0MwxbZ7zWhatqNGixT9JmA0sjXiv/Pi7L/9GV" +
    "P+a/lC7kvyX/Kxj/3dMO8Ns/u7/9Gv37l79f//g7Yy6o/7Y4/tZrSf2vghLRUTY8XI+/jH7z/J" +
    "6gtFTSyK/1BJ8abekJy1f/y8r6q+e/ELqQ/zr0i0YkyP/y//xuiyRY6fz/0v8HR1l/kFef/8oX" +
    "899oR/9f4Pzv/+v1SkWbO/vx+OkUd7Ifev11WVza6oaloqmSs0u7Wbi1ePJEbGp5dl0/z9qD1s" +
    "/h3lJvRSLYpbie/A8h3juJ8EarnceihCpwYf6HTJ+d/1lpNf2/kvyXTSNSN/7mUqfV+KLUVrpk" +
    "fFmF+bswk8vOKSPGl7WW3k821WmYsk22NU4lZrKtVYlOJtvaVKdqsq2zqbGTbb0yaTrZ1qcibD" +
    "K+nFgXnhPjy6mSTky2TRMv9WRbGX7d+emDljJRIpleSbQ3k81luAuViOnfJk0ipzegE6Ht9AaM" +
    "sUkyvQErpVHTG7A+RGd6A+GZaqZBkz4Uo9Owea/tNG7hAaRyGjiZCuOmkZuWsMUXsVu3blEEAQ" +
    "AAAACoudu3bxMEAAAAAABq7s6dOwQBAAAAAICau3v3LkEAAAAAAKDm7t27RxAAAAAAAKi5jY0N" +
    "ggAAAAAAQM1tbm4SBAAAAAAAam5ra4sgAAAAAABQc/fv3ycIAAAAAADU3IMHDwgCAAAAAAA19/" +
    "DhQ4IAAAAAAEDNbW9vEwQAAAAAAGru0aNHBAEAAAAAgJrb2dkhCAAAAAAA1Nzjx48JAgAAAAAA" +
    "Nbe7u0sQAAAAAACouSdPnhAEAAAAAABq7unTpwQBAAAAAICa29vbIwgAAAAAANTcs2fPCAIAAA" +
    "AAADW3v79PEAAAAAAAqLnnz58TBAAAAAAAau7FixcEAQAAAACAmnv58iVBAAAAAACg5l69ekUQ" +
    "AAAAAACoudevXxMEAAAAAABq7s2bNwQBAAAAAICae/v2LUEAAAAAAKDm3r17RxAAAAAAAKi59+" +
    "/fEwQAAAAAAGouXtvNjrfy7CDvrx21jvIy7kMI4YyJRj+D4k8hpHSRNKNfUkI7FYlwRdpGdFxF" +
    "AD4Nhlk/PJR+rze86PcuW1/845aEFtHHYauTr0uf2jTR2stYCKWlkkY2lYmy8VonlVZWChf7JB" +
    "0t75y3nHxavvwvK+uvnv+jK3/MfyWMakSO/K+0/v/3H//60OssoP4bWxh/K6Sg/ldB+ugoGx6u" +
    "x5PRb17cEMLabGatFD412mrawjLW/7Kyfp76rwv5r4UO+S/I/9KVPPRYov6fd46GPy1i/idcdH" +
    "ZfMOwQhAZC/78B879pu/9OS+tkqoQYLesUl5FHy5v/ZWX9fPO/z2P/EX/622j/30hP/6+6/g8+" +
    "fShr/L0VF9T/MG8o7P8546j/i6v/3rowCJ7p3grU/5D1a+Xex2X5P/v6n/RWNSJL/lda/787yA" +
    "aHi9j/n6n/RlhN/V/8/v+59f+0O1D/61D/y8r6efb/zczxH8/+fyVKH3wsTf/v5j82261uXnX+" +
    "n9P/rVb0/xva/5n/1Sr/y8r6efq/KvZ/aw39vwrdNjlA/5/0/3Jcmv9aFM7/0dYLjv9VQko9PQ" +
    "GoWwXOL7px/b90c8//wzfp6P9VaMtQaUH/D/2/3ev+JcwE/lrC/r/3/oL+r4v7/8YLQ/+vpP9r" +
    "E43G/GQfYLggTY5CLC7/y8r6q+f/7PFfa0bnf6h4LV7783Z4fHs/dbZLeogc/z2t/4dZ/6Cs8b" +
    "dyrvN/vKf+V4LKu+r1v6ysP5sa5sL8F8XXf6QSyjL/q8Jh3m73SAPmf6H/H5Rj3P/tHP1fG6l5" +
    "/z/9HxXk/0Fp1s7u/9s55n9a+dHnf3D+b8Xzv147H5Qz/7vw9f8w2sXX/yTzvxtb/7VViUvSr3" +
    "8KjFLR5s5+PDjK+oM87mQ/9Prrsri01Q1LRVP5s0u7Wbi1ePxEHN35mVX9PGsPWj+HOzsJME3m" +
    "uvI/xHjvJMQbrXYeixKqwCX5L2df/wvzRc7/rYRqivA1ySmyaqXnf1k8PB6W0//nfP3XSEn/Z/" +
    "6HCvK/rKw/mxqXvf5b7P/65PUfWcWL08z/Tuv/59/LGv9L3v/hZj7/M3xR/yvZ/5PR4UH/4+Fo" +
    "AjBcv31/59bTV80v54R+/p0TNmte/8vK+qvnf6gAxeN/kvd/VOOYFFhp5R/9a8x//M+GCcayH/" +
    "8r88AK8z9ck/KP/n3D8T9rtFv2439Lkv83of5bJ2fqv1TU/yrGXyV2OtcrsRQs502vwtsSqP/U" +
    "/3H9/74cjSsc/y2e/xFSyFH/Kxl/Q/3/6k1/XxO8vQ5fU/6z7xs+/886ZZb9/f9LUv8P8vyILF" +
    "jl4z+jz3/+shdYxifAf8vn/3qO/1aCo7vk/4e1D6Xex+X9380c/+X/f1Sj1Y3K+rcfWML+v4jP" +
    "/zmn/zvO/6X/o6r8v2mf/2NO/v+niis4O3nF8x/A6vofkUJWwQB6AgA=",
  // bsdtar 3.6.2, --format=gnutar.
  "bsdgnu":
    "H4sIAAAAAAACA+1cS27bMBDVuqfgBSpx+N12X1/ChplaqEIZtoKk616it+gBWiCL3CQXyA3a0m" +
    "5R1HJhRwtSsvnehoJtmBCe35vhzMhlVUQHD7Ba79eA/rq/JsW5UYJLI8Lr1nJTMF0kwN22m28Y" +
    "KzZt25363Ln3LxRl9fTdP31lz18+R+XfKHWCf3nIPwlldcE4+I9/+74ugHxRVut67eL7/2n99/" +
    "yfuA4LM9B/Av5fvj0u2ttx+e/7P2nN4f8pEJl6YPL6d7fr7tPo/n9wTdwKgv7T8L+9W0Q+A/4+" +
    "//Eh8V9ZgfNfGv7fLufb1cj6V33+DVnoPwWikw9MXP/e3b9pau/G1L/o5//CKug/BXwDDeSt/7" +
    "J6N2v9h1ntP0bU/390/1f/pPv5P9lgCWw2Jf3fr5xrrpF/nwIQWsb8D87/pbLSIP6nQEOcoALE" +
    "/1Hjv6XD+K+4EiH/f98lQObxvxsJUN5U9N8E8TfxxP9H/9ba19d/FSejCyampP+rrf+u5ptl3D" +
    "12CZ7VdIJ/fdT/V5j/SYKVa5oWNpix/y+jofrX/4fMf0pSUqP/l4b/edk9xL2z8/7f7/+G8B/4" +
    "pxTBKXv+f/6Ivcf5+g8d9X/R/0mDB4RA1H9Grv+Ifv1n1/8x6P9cfP4XP7UELoD/4fm/sJKQ/+" +
    "fi/7tiP/wf/o/QAv+H/+fn/1Ye+z9h/gv+P85X31wJJuX/w+a/hBXo/yXB0rk1TsE5n/93z/8t" +
    "ou5xXv/mqP4v8fxXEtSehR8AdJC3/ic2/0Vi//8PokzQnc5c/wAA5ItfHaQ0LQBQAAA=",
  // bsdtar 3.6.2, --format=ustar.
  "bsdustar":
    "H4sIAAAAAAACA+2ZTU6EQBCFe+0p+gJC//d5IJBAxGYCTJy9l/AWHkATF3MTL+ANVBg3pkmGYK" +
    "xmJl3fhhBIoPN4r6qaJCXgMMas1nQ6jvjHnxOuGDNKMGkEZZxzYwjVJAD7fsi68VW6th3O3bd0" +
    "3V/clZCkx1d3fKbvT4+Q+hulzukvPf3l+L0QylB/+OW7miDxkqS7eleC5/+C//38F0wJQg36P4" +
    "D+Hy9veXu/rf6z/GeSYf6HAFh65OL93+9z4Bng1P+zVf2/1QL7/zD63xZZX21c/9Ws/luL+R8C" +
    "cPGRC/e/Kx9umtqVW/pf+P7XWqH/Q+Aa9EDc/q+yroDu/5TV/Jz/9az+C9z/C0JVNk2LNojY/w" +
    "UY6e/5b83/Hyks1zj/hdE/S4bDsHH++/O/5HLUn4coTtHr//UJ/Yzl/p/79Z9j/x+GA5bAqIGv" +
    "/n+o/1pJc+31H7Kx+tf8n/b/843z38zyn+P+bxBqR8cPAHMw3vlv8n9TuztQ/1tr1/T/6vT/Xy" +
    "QBppPI/Y8gSLx8A6M3fk8ALgAA",
};

/** The names of the archives. */
export const realArchives = Object.keys(ARCHIVES) as (keyof typeof ARCHIVES)[];

/** The bytes of an archive that a real tar made. */
export function realArchive(name: keyof typeof ARCHIVES): Bytes {
  return new Uint8Array(gunzipSync(decodeBase64(ARCHIVES[name])));
}
